namespace Mesh.Contract;

/// <summary>One thing that an API server does and that somebody here relies on.</summary>
/// <param name="Number">Its place in the list, from 1; never given to another.</param>
/// <param name="Title">What the server does.</param>
/// <param name="Need">Which servers are asked.</param>
internal sealed record Behaviour(int Number, string Title, ContractNeed Need = ContractNeed.Nothing);
