using System.Net;

namespace Mesh;

/// <summary>What became of one request.</summary>
/// <param name="Url">Where it was sent.</param>
/// <param name="ServedBy">Who answered; <see langword="null"/> where nobody did, or nobody who says so.</param>
/// <param name="Status">The answer's status, or <see langword="null"/>.</param>
/// <param name="Error">Why there was no answer, or <see langword="null"/>.</param>
/// <param name="Elapsed">How long it took, until the whole answer was there.</param>
public sealed record SendResult(string Url, BackendIdentity? ServedBy, HttpStatusCode? Status, Exception? Error, TimeSpan Elapsed)
{
    /// <summary>Whether it was answered with a 2xx status.</summary>
    public bool Succeeded => Status is >= HttpStatusCode.OK and < HttpStatusCode.MultipleChoices && Error is null;

    /// <summary>Why it failed, in a line; <see langword="null"/> where it did not.</summary>
    public string? Failure => Succeeded ? null : Error is { } error ? $"{error.GetType().Name}: {error.Message}" : $"status {(int?)Status}";
}
