using System.Globalization;
using Docker.DotNet;
using Docker.DotNet.Models;
using DotNet.Testcontainers.Configurations;

namespace Mesh.Docker;

/// <summary>Docker, as far as Testcontainers does not do it.</summary>
internal sealed class DockerEndpoint(IDockerEndpointAuthenticationConfiguration configuration)
{
    private const int Looks = 10;
    private static readonly TimeSpan LookPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(20);

    public IDockerEndpointAuthenticationConfiguration Configuration => configuration;

    public Uri Address => configuration.Endpoint;

    /// <summary>Whether it is this machine's own, so that what it publishes need not be seen outside.</summary>
    public bool IsLocal =>
        Address.Scheme is "unix" or "npipe" && TestcontainersSettings.DockerHostOverride is null or "" or "127.0.0.1" or "localhost";

    public static DockerEndpoint? Find(K3sClusterOptions options)
    {
        var found = options.DockerEndpoint is { } told ? new DockerEndpointAuthenticationConfiguration(told) : TestcontainersSettings.OS.DockerEndpointAuthConfig;
        return found is null ? null : new DockerEndpoint(found);
    }

    /// <summary>What this machine lacks, and what to do about it; <see langword="null"/> where it lacks nothing.</summary>
    public static string? WhyUnavailable(K3sClusterOptions options)
    {
        if (Find(options) is not { } endpoint)
        {
            var host = Environment.GetEnvironmentVariable("DOCKER_HOST");
            return "K3s needs Docker, and no Docker answers here" + (string.IsNullOrEmpty(host) ? "" : $" (DOCKER_HOST is '{host}')")
                + ". Start it, or set DOCKER_HOST to the endpoint of one that runs.";
        }

        // The property that is asked cannot wait otherwise.
        return Task.Run(() => endpoint.WhyUnavailableAsync(options)).GetAwaiter().GetResult();
    }

    /// <summary>Ends a container, whatever its state, and removes it with its volumes. Does nothing where there is none.</summary>
    public async Task RemoveAsync(string container)
    {
        using var bound = new CancellationTokenSource(Bound, TimeProvider.System);
        using var client = configuration.GetDockerClientBuilder().Build();
        try
        {
            await client.Containers.RemoveContainerAsync(container, new ContainerRemoveParameters { Force = true, RemoveVolumes = true }, bound.Token).ConfigureAwait(false);
        }
        catch (DockerContainerNotFoundException)
        {
            // It never came to be.
        }
    }

    /// <summary>How a container has ended, in words; <see langword="null"/> where it runs, is not there, or Docker does not say.</summary>
    public async Task<string?> HowEndedAsync(string container)
    {
        using var bound = new CancellationTokenSource(Bound, TimeProvider.System);
        using var client = configuration.GetDockerClientBuilder().Build();
        try
        {
            // Docker's own word comes a moment after those whose connections into the container broke.
            for (var look = 0; look < Looks; look++)
            {
                var state = (await client.Containers.InspectContainerAsync(container, bound.Token).ConfigureAwait(false)).State;
                if (state is { Running: false, Status: "exited" or "dead" }) return string.Create(CultureInfo.InvariantCulture, $"its container exited with code {state.ExitCode}");
                await Task.Delay(LookPause, TimeProvider.System, bound.Token).ConfigureAwait(false);
            }

            return null;
        }
        catch (Exception e) when (e is DockerApiException or HttpRequestException or IOException or TimeoutException or OperationCanceledException)
        {
            return null;
        }
    }

    private async Task<string?> WhyUnavailableAsync(K3sClusterOptions options)
    {
        using var bound = new CancellationTokenSource(Bound, TimeProvider.System);
        try
        {
            using var client = configuration.GetDockerClientBuilder().Build();
            await client.System.PingAsync(bound.Token).ConfigureAwait(false);
            if (!options.PullMissingImage) await client.Images.InspectImageAsync(options.Image, bound.Token).ConfigureAwait(false);
            return null;
        }
        catch (DockerImageNotFoundException)
        {
            return $"Docker at {Address} has no image '{options.Image}'. Pull it (docker pull {options.Image}), set {K3sClusterOptions.ImageVariable} to one that it has, "
                + $"or let it be pulled at the start ({nameof(K3sClusterOptions)}.{nameof(K3sClusterOptions.PullMissingImage)}).";
        }
        catch (Exception e) when (e is DockerApiException or HttpRequestException or IOException or TimeoutException or OperationCanceledException)
        {
            return $"K3s needs Docker, and the one at {Address} does not answer ({e.Message}). Start it, or set DOCKER_HOST to the endpoint of one that runs.";
        }
    }
}
