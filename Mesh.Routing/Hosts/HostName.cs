namespace Mesh.Hosts;

/// <summary>A host taken apart: its labels, and the port named by a leading <c>_port</c>.</summary>
internal readonly ref struct HostName
{
    private const string ClusterSetSuffix = ".svc.clusterset.local";
    private const string ServiceSuffix = ".svc";
    private const string ClusterLocalSuffix = ".svc.cluster.local";

    private HostName(ReadOnlySpan<char> name, ReadOnlySpan<char> @namespace, string? portName, HostForm form)
    {
        Name = name;
        Namespace = @namespace;
        PortName = portName;
        Form = form;
    }

    public ReadOnlySpan<char> Name { get; }

    /// <summary>Empty for a bare name.</summary>
    public ReadOnlySpan<char> Namespace { get; }

    public string? PortName { get; }

    public HostForm Form { get; }

    /// <summary>Takes a host apart; <see cref="HostForm.Other"/> where it cannot be a service.</summary>
    /// <param name="host">In lower case.</param>
    public static HostName Parse(ReadOnlySpan<char> host)
    {
        // A trailing dot only says that the name is complete.
        if (host.EndsWith('.'))
        {
            host = host[..^1];
        }

        var form = HostForm.Short;
        if (host.EndsWith(ClusterSetSuffix, StringComparison.Ordinal))
        {
            form = HostForm.ClusterSet;
            host = host[..^ClusterSetSuffix.Length];
        }
        else if (host.EndsWith(ClusterLocalSuffix, StringComparison.Ordinal))
        {
            form = HostForm.ClusterLocal;
            host = host[..^ClusterLocalSuffix.Length];
        }

        string? port = null;
        if (host.StartsWith('_'))
        {
            var end = host.IndexOf('.');
            if (end < 0 || !DnsLabel.IsValid(host[1..end]))
            {
                return default;
            }

            port = host[1..end].ToString();
            host = host[(end + 1)..];
        }

        // As DNS in a cluster completes it by the search path. Two labels are name.namespace, whatever the namespace is called.
        if (form == HostForm.Short && host.EndsWith(ServiceSuffix, StringComparison.Ordinal) && host[..^ServiceSuffix.Length].Contains('.'))
        {
            form = HostForm.ClusterLocal;
            host = host[..^ServiceSuffix.Length];
        }

        var dot = host.IndexOf('.');
        var name = dot < 0 ? host : host[..dot];
        var @namespace = dot < 0 ? [] : host[(dot + 1)..];
        if (!DnsLabel.IsValid(name) || (dot >= 0 && !DnsLabel.IsValid(@namespace)) || (dot < 0 && form != HostForm.Short))
        {
            return default;
        }

        return new HostName(name, @namespace, port, dot < 0 ? HostForm.Bare : form);
    }
}
