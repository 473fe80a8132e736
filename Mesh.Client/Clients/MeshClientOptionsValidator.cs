using Microsoft.Extensions.Options;

namespace Mesh.Clients;

/// <summary>All errors of one client's settings at once.</summary>
internal sealed class MeshClientOptionsValidator(IOptionsMonitor<MeshTransportOptions> transport, PickerSet pickers) : IValidateOptions<MeshClientOptions>
{
    public ValidateOptionsResult Validate(string? name, MeshClientOptions options)
    {
        var client = string.IsNullOrEmpty(name) ? "Client" : $"Client '{name}'";
        var policy = new SettingErrors($"{client}, ConfigureMeshRouting");
        options.Policy.Validate(policy);
        pickers.Check(policy, options.Policy);
        var errors = new List<string>(policy.Messages);
        errors.AddRange(MeshTransportOptionsValidator.Check($"{client}, ConfigureTransport", ClientSettings.Apply(options, Shared())));
        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
    }

    private MeshTransportOptions Shared()
    {
        try
        {
            return transport.CurrentValue;
        }
        catch (OptionsValidationException)
        {
            // Reported as what it is; here it would hide the client's own errors.
            return new MeshTransportOptions();
        }
    }
}
