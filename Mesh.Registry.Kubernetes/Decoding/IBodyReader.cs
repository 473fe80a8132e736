namespace Mesh.Decoding;

/// <summary>Cuts a body into objects as they arrive.</summary>
internal interface IBodyReader : IDisposable
{
    /// <summary>Who the last object that was too large is, as far as its beginning said.</summary>
    ObjectIdentity TooLarge { get; }

    /// <summary>The next object of what has arrived; valid until <see cref="FillAsync"/>.</summary>
    ObjectRead TryRead(out ReadOnlySpan<byte> value);

    /// <summary>Waits for more; <see langword="false"/> at the end.</summary>
    ValueTask<bool> FillAsync(CancellationToken cancellationToken);
}
