namespace Mesh;

/// <summary>What a kubeconfig given as data may ask for only where it is allowed: each lets whoever writes it act on this machine, or stand between it and the cluster.</summary>
[Flags]
public enum KubeconfigFeatures
{
    /// <summary>Nothing but a server, its authority, and credentials in the text itself.</summary>
    None = 0,

    /// <summary><c>exec</c>: runs a command of this machine.</summary>
    ExecPlugins = 1,

    /// <summary><c>auth-provider</c>: sends secrets to an address of its choice.</summary>
    AuthProviders = 2,

    /// <summary><c>certificate-authority</c>, <c>client-certificate</c>, <c>client-key</c>, <c>tokenFile</c>: reads files of this machine, by absolute paths.</summary>
    Files = 4,

    /// <summary><c>proxy-url</c>: sends the traffic by way of another host.</summary>
    Proxy = 8,

    /// <summary><c>insecure-skip-tls-verify</c>: takes anybody for the API server.</summary>
    InsecureTls = 16,
}
