namespace Mesh.Simulation;

/// <summary>
/// All objects of one server under one increasing revision. Reads take a snapshot and hold the lock for a moment; a write holds it from
/// reading the old object to committing the new one, so writes are serial.
/// </summary>
internal sealed class ObjectStore(int historyLimit)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, ResourceTable> _tables = new(StringComparer.Ordinal);
    private long _revision = 1;
    private long _compacted;

    public long Revision
    {
        get
        {
            lock (_gate) return _revision;
        }
    }

    /// <summary>Makes every revision before the present one too old to list at or to watch from. Running watches are not touched.</summary>
    public void Compact()
    {
        lock (_gate) _compacted = _revision;
    }

    public StoredObject? Find(ResourceType type, string @namespace, string name)
    {
        lock (_gate) return Table(type).Find(StoredObject.KeyOf(@namespace, name));
    }

    public StoreSnapshot Snapshot(ResourceType type)
    {
        lock (_gate) return new StoreSnapshot(_revision, Table(type).Sorted());
    }

    /// <summary>The objects at a past revision, or <see langword="null"/> where it is too old.</summary>
    public StoreSnapshot? SnapshotAt(ResourceType type, long revision)
    {
        lock (_gate)
        {
            var table = Table(type);
            return revision < Math.Max(_compacted, table.Lost) ? null : new StoreSnapshot(revision, table.SortedAt(revision));
        }
    }

    /// <summary>When the type changed last: the version of whatever is computed from its objects.</summary>
    public long Changed(ResourceType type)
    {
        lock (_gate) return Table(type).Changed;
    }

    /// <summary>
    /// Begins to listen. A watch from <paramref name="revision"/> can start where the result is <see langword="null"/>; else it is too old, and
    /// the result is the oldest revision that will do.
    /// </summary>
    public long? Listen(ResourceType type, IStoreListener listener, long revision)
    {
        lock (_gate)
        {
            var table = Table(type);
            var oldest = Math.Max(_compacted, table.Lost);
            if (revision < oldest) return oldest;
            table.Listen(listener);
            return null;
        }
    }

    public void Leave(ResourceType type, IStoreListener listener)
    {
        lock (_gate) Table(type).Leave(listener);
    }

    /// <summary>
    /// Copies up to the buffer's size of changes after <paramref name="cursor"/> into it and moves the cursor past them. Returns how many, or
    /// -1 where changes have been lost.
    /// </summary>
    public int Read(ResourceType type, ref long cursor, Span<StoreEvent?> buffer)
    {
        lock (_gate)
        {
            var table = Table(type);
            if (table.Lost > cursor) return -1;
            var changes = table.After(cursor);
            if (changes.Length > buffer.Length)
            {
                changes = changes[..buffer.Length];
                cursor = changes[^1].Revision;
            }
            else
            {
                cursor = Math.Max(cursor, _revision);
            }

            for (var i = 0; i < changes.Length; i++) buffer[i] = changes[i];
            return changes.Length;
        }
    }

    /// <summary>Runs a write as one step: nobody reads or writes in between.</summary>
    public T Write<T>(Func<StoreWriter, T> write)
    {
        lock (_gate) return write(new StoreWriter(this));
    }

    internal ResourceTable Table(ResourceType type)
    {
        if (!_tables.TryGetValue(type.QualifiedPlural, out var table)) _tables[type.QualifiedPlural] = table = new ResourceTable(historyLimit);
        return table;
    }

    internal long NextRevision() => ++_revision;
}
