using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Mesh.Simulation;

/// <summary>Where the next page of a list begins, and at which revision; -1 = whatever is there then (an inconsistent continuation).</summary>
internal readonly record struct ContinueToken(long Revision, string After)
{
    public string Encode() => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(string.Create(
        CultureInfo.InvariantCulture, $"{{\"v\":\"meta.k8s.io/v1\",\"rv\":{Revision},\"start\":{JsonFields.Render(After + "\0")}}}")));

    public static ContinueToken Decode(string text)
    {
        try
        {
            var tree = JsonNode.Parse(Base64Url.DecodeFromChars(text))!.AsObject();
            tree.TryNumber("rv", out var revision);
            return new ContinueToken(revision, tree.Text("start").TrimEnd('\0'));
        }
        catch (Exception broken) when (broken is FormatException or JsonException or InvalidOperationException)
        {
            throw Refuse.BadRequest("invalid continue token: continue key is not valid: " + broken.Message);
        }
    }
}
