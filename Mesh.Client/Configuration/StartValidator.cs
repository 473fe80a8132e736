using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Mesh.Configuration;

/// <summary>
/// Validates at start as the framework does, and then says everything that is wrong with the mesh in one exception, each error once: the framework throws one for each section and cluster, and
/// an aggregate of them.
/// </summary>
internal sealed class StartValidator(IStartupValidator inner) : IStartupValidator
{
    /// <summary>Takes the place of the validator that is registered.</summary>
    public static void Register(IServiceCollection services)
    {
        var registered = services.LastOrDefault(static s => s.ServiceType == typeof(IStartupValidator));
        if (registered is { ImplementationType: { } type })
        {
            services.Remove(registered);
            services.AddTransient<IStartupValidator>(provider => new StartValidator((IStartupValidator)ActivatorUtilities.CreateInstance(provider, type)));
        }
    }

    public void Validate()
    {
        try
        {
            inner.Validate();
        }
        catch (AggregateException all) when (all.InnerExceptions.Any(IsOurs))
        {
            var ours = all.InnerExceptions.Where(IsOurs).Cast<OptionsValidationException>().ToList();
            var one = new OptionsValidationException(ours[0].OptionsName, ours[0].OptionsType, ours.SelectMany(static e => e.Failures).Distinct(StringComparer.Ordinal).ToList());
            var others = all.InnerExceptions.Where(static e => !IsOurs(e)).ToList();
            throw others.Count == 0 ? one : new AggregateException([one, .. others]);
        }
    }

    // Those of the application's own options are its own affair.
    private static bool IsOurs(Exception exception) =>
        exception is OptionsValidationException { OptionsType.Namespace: { } space } && (space == nameof(Mesh) || space.StartsWith($"{nameof(Mesh)}.", StringComparison.Ordinal));
}
