using Xunit.Sdk;
using Xunit.v3;

namespace Mesh.Contract;

/// <summary>Finds a test only where its class's provider can do what it is about.</summary>
public sealed class BehaviourFactDiscoverer : IXunitTestCaseDiscoverer
{
    private readonly FactDiscoverer _facts = new();

    /// <inheritdoc/>
    public ValueTask<IReadOnlyCollection<IXunitTestCase>> Discover(
        ITestFrameworkDiscoveryOptions discoveryOptions, IXunitTestMethod testMethod, IFactAttribute factAttribute) =>
        BehaviourSelection.Applies(testMethod.TestClass.Class, (IBehaviourAttribute)factAttribute)
            ? _facts.Discover(discoveryOptions, testMethod, factAttribute)
            : ValueTask.FromResult<IReadOnlyCollection<IXunitTestCase>>([]);
}
