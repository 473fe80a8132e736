using System.Globalization;
using System.Reflection;

namespace Mesh.Contract;

/// <summary>Which tests there are for which provider and behaviour, read from the classes themselves.</summary>
internal static class BehaviourSelection
{
    /// <summary>The classes that run the contract, by their provider's name.</summary>
    public static IReadOnlyList<(ProviderAttribute Provider, Type Tests)> Providers { get; } =
    [
        .. typeof(KubernetesContract).Assembly.GetTypes()
            .Where(static type => !type.IsAbstract && type.IsSubclassOf(typeof(KubernetesContract)))
            .Select(static type => (Provider: ProviderOf(type), Tests: type))
            .OrderByDescending(static one => one.Provider.Name, StringComparer.Ordinal),
    ];

    public static ProviderAttribute ProviderOf(Type tests) => tests.GetCustomAttribute<ProviderAttribute>()
        ?? throw new InvalidOperationException($"{tests.Name} runs the contract and does not say on what: put [Provider(name, capabilities)] on it.");

    public static bool Applies(Type tests, IBehaviourAttribute test)
    {
        var capabilities = ProviderOf(tests).Capabilities;
        return test.Need.IsMetBy(capabilities) && test.Numbers.All(number => Behaviours.All[number - 1].Need.IsMetBy(capabilities));
    }

    /// <summary>The tests of a behaviour on a provider, by name.</summary>
    public static IReadOnlyList<string> Tests(Type tests, int number) =>
    [
        .. from method in tests.GetMethods()
           from attribute in method.GetCustomAttributes().OfType<IBehaviourAttribute>()
           where attribute.Numbers.Contains(number) && Applies(tests, attribute)
           select method.Name,
    ];

    public static IReadOnlyCollection<KeyValuePair<string, string>> Traits(IBehaviourAttribute test) =>
        [.. test.Numbers.Select(static number => KeyValuePair.Create("Behaviour", number.ToString(CultureInfo.InvariantCulture)))];
}
