using System.Buffers.Text;
using System.Text;
using System.Text.Json.Nodes;

namespace Mesh.Simulation;

/// <summary>Secrets: base64 by key, with <c>stringData</c> folded in.</summary>
internal sealed class SecretRules : ResourceRules
{
    public override void Default(JsonObject tree)
    {
        tree.Default("type", "Opaque");
        foreach (var (key, value) in tree.Object("stringData")?.ToList() ?? [])
            tree.Ensure("data")[key] = Convert.ToBase64String(Encoding.UTF8.GetBytes(JsonFields.Text(value)));
        tree.Remove("stringData");
        if (tree.Object("data") is { Count: 0 }) tree.Remove("data");
        foreach (var (_, value) in tree.Object("data") ?? [])
        {
            if (!Base64.IsValid(JsonFields.Text(value)))
                throw Refuse.BadRequest("Secret in version \"v1\" cannot be handled as a Secret: illegal base64 data at input byte 0");
        }
    }

    public override void Validate(JsonObject tree, JsonObject? old, FieldErrors errors)
    {
        foreach (var (key, _) in tree.Object("data") ?? [])
        {
            if (NameRules.ConfigKeyProblem(key) is { } problem) errors.Invalid($"data[{key}]", key, problem);
        }

        if (tree.Text("type") == "kubernetes.io/tls")
        {
            foreach (var key in (string[])["tls.crt", "tls.key"])
            {
                if (tree.Object("data")?[key] is null) errors.Required($"data[{key}]");
            }
        }

        if (old is not null && old.Text("type") != tree.Text("type")) errors.Invalid("type", tree.Text("type"), "field is immutable");
    }
}
