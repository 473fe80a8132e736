using Mesh.Clients;
using Microsoft.Extensions.Options;

namespace Mesh.Configuration;

/// <summary>Refuses policies that name an algorithm which the application does not have.</summary>
internal sealed class PickerNames(PickerSet pickers) : IValidateOptions<MeshOptions>
{
    public ValidateOptionsResult Validate(string? name, MeshOptions options)
    {
        var errors = new SettingErrors("Mesh");
        pickers.Check(errors.In(nameof(options.Policy)), options.Policy);
        foreach (var (service, policy) in options.Services)
        {
            pickers.Check(errors.In(nameof(options.Services)).In(service), policy);
        }

        return errors.Messages.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors.Messages);
    }
}
