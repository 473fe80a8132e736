namespace Mesh.Contract;

/// <summary>What a server must have, or lack, for a behaviour to be asked of it.</summary>
public enum ContractNeed
{
    /// <summary>Every server does it.</summary>
    Nothing,

    /// <summary>Watches may begin with the present state.</summary>
    WatchList,

    /// <summary>They may not, or they can be made not to.</summary>
    WatchListOff,

    /// <summary>The server can be made to fail.</summary>
    FaultHooks,

    /// <summary>Requests are authorised by RBAC objects.</summary>
    Rbac,
}
