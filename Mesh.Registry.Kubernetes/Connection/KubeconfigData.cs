namespace Mesh;

/// <summary>
/// A kubeconfig that came as data: the content of a Secret, the answer of an API. Whoever writes it is not the owner of the machine, so that it may not have commands run, read files,
/// or choose the way unless <see cref="KubernetesClusterOptions.KubeconfigAllows"/> says so. Its content is never shown. Safe for concurrent use.
/// </summary>
public sealed class KubeconfigData
{
    private volatile string _text;

    /// <param name="text">The kubeconfig, in YAML or JSON.</param>
    public KubeconfigData(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        _text = text;
    }

    internal event Action? Replaced;

    internal string Text => _text;

    /// <summary>
    /// Gives those who are connected by it another kubeconfig: it is tried beside the connection in use, which is dropped when the new one works. One that is broken or refused is
    /// reported with its reason, and the connection in use stays.
    /// </summary>
    /// <param name="text">The kubeconfig, in YAML or JSON.</param>
    public void Replace(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (_text == text) return;
        _text = text;
        Replaced?.Invoke();
    }

    /// <summary>What it is, without its content.</summary>
    public override string ToString() => "kubeconfig given as data";
}
