namespace Mesh.Connection;

/// <summary>A kubeconfig cannot be used. Its messages name fields, never their values where these may be secret.</summary>
/// <param name="message">What and where.</param>
/// <param name="inner">The cause, or <see langword="null"/>.</param>
internal sealed class KubeconfigException(string message, Exception? inner = null) : Exception(message, inner);
