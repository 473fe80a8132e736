using System.Runtime.CompilerServices;
using k8s;
using Mesh.Connection;
using Mesh.Watch;

namespace Mesh;

/// <summary>
/// Follows the objects of one type in one cluster, for ever: lists them, watches them, and comes back after every error by itself, never losing a change. A new list, however it came
/// about, is told as the difference to what was told before, deletions included, so that applying the changes to a dictionary in their order is right.
/// The engine is the one that feeds the catalog.
/// </summary>
/// <typeparam name="T">What is kept of an object.</typeparam>
public sealed class KubernetesWatch<T>
{
    private readonly Func<KubernetesWatchOptions, IConnectionSource> _source;
    private readonly WatchTarget _target;
    private readonly KubernetesObjectDecoder<T> _decoder;
    private readonly KubernetesWatchOptions _options;
    private volatile KubernetesWatchHealth _health;
    private int _reading;

    /// <summary>Follows objects over a client of the application's own, which is used as it is and never disposed: its credentials are not renewed.</summary>
    /// <param name="client">The client: a <see cref="Kubernetes"/>.</param>
    /// <param name="resource">The type of the objects.</param>
    /// <param name="decoder">Takes what is needed of an object. What it throws leaves that object out and nothing else.</param>
    /// <param name="options">What to follow of it, and limits. Default: all objects of the cluster.</param>
    /// <exception cref="ArgumentException"><paramref name="client"/> is not a <see cref="Kubernetes"/>, so it has no connection to watch over; or an option is out of its range.</exception>
    public KubernetesWatch(IKubernetes client, KubernetesResource resource, KubernetesObjectDecoder<T> decoder, KubernetesWatchOptions? options = null)
        : this(Over(client), resource, decoder, options)
    {
    }

    /// <summary>Follows objects over a connection of its own, whose credentials are read again when they are refused.</summary>
    /// <param name="cluster">
    /// How the cluster is reached: <see cref="KubernetesClusterOptions.KubeconfigPath"/>, <see cref="KubernetesClusterOptions.Context"/> and
    /// <see cref="KubernetesClusterOptions.CertificateAuthority"/>; the rest is not used. Of a cluster that was added to a mesh: <c>IOptionsMonitor&lt;KubernetesClusterOptions&gt;.Get("alpha")</c>.
    /// </param>
    /// <param name="resource">The type of the objects.</param>
    /// <param name="decoder">Takes what is needed of an object. What it throws leaves that object out and nothing else.</param>
    /// <param name="options">What to follow of it, and limits. Default: all objects of the cluster.</param>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public KubernetesWatch(KubernetesClusterOptions cluster, KubernetesResource resource, KubernetesObjectDecoder<T> decoder, KubernetesWatchOptions? options = null)
        : this(By(cluster), resource, decoder, options)
    {
    }

    private KubernetesWatch(Func<KubernetesWatchOptions, IConnectionSource> source, KubernetesResource resource, KubernetesObjectDecoder<T> decoder, KubernetesWatchOptions? options)
    {
        ArgumentNullException.ThrowIfNull(resource);
        ArgumentNullException.ThrowIfNull(decoder);
        _options = options ?? new KubernetesWatchOptions();
        _options.Validate();
        _decoder = decoder;
        _target = new WatchTarget(resource.Type, _options.Namespace)
        {
            LabelSelector = _options.LabelSelector,
            FieldSelector = _options.FieldSelector,
            MetadataOnly = _options.MetadataOnly,
        };
        _source = source;
        _health = new KubernetesWatchHealth(ClusterFreshness.Connecting, _options.TimeProvider.GetUtcNow(), null);
    }

    /// <summary>How it fares. Errors are waited out and shown here; they never end the changes. Safe to read at any time.</summary>
    public KubernetesWatchHealth Health => _health;

    /// <summary>
    /// The changes: first all objects there are, then <see cref="KubernetesChangeKind.Synced"/>, then whatever happens, until cancelled. Nothing is read ahead of the reader, so a slow
    /// one holds up no more than itself. Each call begins anew; one at a time.
    /// </summary>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="OperationCanceledException">It was cancelled; nothing else ends it.</exception>
    /// <exception cref="InvalidOperationException">The changes are being read already: make a watch for each reader.</exception>
    public async IAsyncEnumerable<KubernetesChange<T>> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        if (Interlocked.Exchange(ref _reading, 1) != 0) throw new InvalidOperationException($"The changes of {_target} are being read already. Make a watch for each reader.");
        try
        {
            var book = new ChangeBook<T>();
            var run = new WatchRun<T>(_target, new CallerDecoder<T>(_decoder), _source(_options), book, _options, health => _health = health);
            await using (run.ConfigureAwait(false))
            {
                while (true)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    await run.StepAsync(cancellationToken).ConfigureAwait(false);
                    while (book.TryTake(out var change)) yield return change;
                }
            }
        }
        finally
        {
            Volatile.Write(ref _reading, 0);
        }
    }

    private static Func<KubernetesWatchOptions, IConnectionSource> Over(IKubernetes client)
    {
        ArgumentNullException.ThrowIfNull(client);
        var own = client as Kubernetes ?? throw new ArgumentException($"{client.GetType().Name} is no {typeof(Kubernetes)}; hand over the client itself, not a substitute.", nameof(client));
        return _ => new ExistingConnection(own);
    }

    private static Func<KubernetesWatchOptions, IConnectionSource> By(KubernetesClusterOptions cluster)
    {
        ArgumentNullException.ThrowIfNull(cluster);
        return options => new ConfiguredConnection(cluster, options.TimeProvider);
    }
}
