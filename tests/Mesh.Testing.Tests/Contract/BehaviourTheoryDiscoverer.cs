using Xunit.Sdk;
using Xunit.v3;

namespace Mesh.Contract;

/// <summary>As <see cref="BehaviourFactDiscoverer"/>, for tests with data.</summary>
public sealed class BehaviourTheoryDiscoverer : IXunitTestCaseDiscoverer
{
    private readonly TheoryDiscoverer _theories = new();

    /// <inheritdoc/>
    public ValueTask<IReadOnlyCollection<IXunitTestCase>> Discover(
        ITestFrameworkDiscoveryOptions discoveryOptions, IXunitTestMethod testMethod, IFactAttribute factAttribute) =>
        BehaviourSelection.Applies(testMethod.TestClass.Class, (IBehaviourAttribute)factAttribute)
            ? _theories.Discover(discoveryOptions, testMethod, factAttribute)
            : ValueTask.FromResult<IReadOnlyCollection<IXunitTestCase>>([]);
}
