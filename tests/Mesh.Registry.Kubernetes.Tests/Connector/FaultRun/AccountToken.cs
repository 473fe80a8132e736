using System.Text.RegularExpressions;
using k8s;
using k8s.Models;
using Mesh.Servers;

namespace Mesh.FaultRuns;

/// <summary>A ServiceAccount, a file with its token as a pod would have it mounted, and a kubeconfig that leads to both. Each token is bound to a Secret and is refused once that is gone.</summary>
internal sealed class AccountToken(TestCluster cluster)
{
    private const string Name = "reader";

    private string? _secret;
    private int _tokens;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Makes the account, with the permissions that the connector asks for, and its first token.</summary>
    /// <param name="kubeconfig">Whose server to name.</param>
    /// <returns>The path of the kubeconfig.</returns>
    public async Task<string> CreateAsync(string kubeconfig)
    {
        await cluster.Client.CoreV1.CreateNamespacedServiceAccountAsync(new V1ServiceAccount { Metadata = new V1ObjectMeta { Name = Name } }, SliceWriter.Namespace, cancellationToken: Token);
        await cluster.GrantAsync($"system:serviceaccount:{SliceWriter.Namespace}:{Name}", null, ("", "services"), ("", "nodes"), ("", "namespaces"), ("discovery.k8s.io", "endpointslices"));
        await RenewAsync();
        var server = Regex.Match(kubeconfig, "server: (.*)").Groups[1].Value;
        var authority = Regex.Match(kubeconfig, "certificate-authority-data: (.*)").Groups[1].Value;
        return cluster.WriteFile("reader.kubeconfig", $"""
            current-context: c
            contexts:
            - name: c
              context:
                cluster: c
                user: u
            clusters:
            - name: c
              cluster:
                server: {server}
                certificate-authority-data: {authority}
            users:
            - name: u
              user:
                tokenFile: token

            """);
    }

    /// <summary>Puts a new token into the file, in one step.</summary>
    public async Task RenewAsync()
    {
        var secret = $"reader-{++_tokens}";
        await cluster.Client.CoreV1.CreateNamespacedSecretAsync(new V1Secret { Metadata = new V1ObjectMeta { Name = secret } }, SliceWriter.Namespace, cancellationToken: Token);
        var request = new Authenticationv1TokenRequest
        {
            Spec = new V1TokenRequestSpec { Audiences = [], ExpirationSeconds = 3600, BoundObjectRef = new V1BoundObjectReference { ApiVersion = "v1", Kind = "Secret", Name = secret } },
        };
        var made = await cluster.Client.CoreV1.CreateNamespacedServiceAccountTokenAsync(request, Name, SliceWriter.Namespace, cancellationToken: Token);
        var path = cluster.WriteFile("token.new", made.Status.Token);
        File.Move(path, Path.Combine(Path.GetDirectoryName(path)!, "token"), overwrite: true);
        if (_secret is { } old) await DeleteAsync(old);
        _secret = secret;
    }

    /// <summary>Makes the token in the file one that the server refuses, at the latest when it forgets that it was good.</summary>
    public async Task RevokeAsync()
    {
        if (_secret is not { } secret) return;
        _secret = null;
        await DeleteAsync(secret);
    }

    /// <summary>Whether the server refuses the token of the file.</summary>
    public async Task<bool> IsRefusedAsync()
    {
        var token = await File.ReadAllTextAsync(Path.Combine(Path.GetDirectoryName(cluster.KubeconfigPath)!, "token"), Token);
        var review = await cluster.Client.AuthenticationV1.CreateTokenReviewAsync(new V1TokenReview { Spec = new V1TokenReviewSpec { Token = token } }, cancellationToken: Token);
        return review.Status.Authenticated != true;
    }

    private Task<V1Status> DeleteAsync(string secret) => cluster.Client.CoreV1.DeleteNamespacedSecretAsync(secret, SliceWriter.Namespace, cancellationToken: Token);
}
