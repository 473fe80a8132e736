using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Mesh.Files;

/// <summary>A JSON text while it is read: where the reader is, by field and by line, and what was found wrong so far.</summary>
internal sealed class JsonText(string file, ReadOnlyMemory<byte> bytes)
{
    // Beyond that a reader learns nothing from more.
    private const int MaxErrors = 20;

    private readonly List<string> _path = [];
    private readonly List<string> _errors = [];

    public IReadOnlyList<string> Errors => _errors;

    /// <summary>Where the reader is: the field, and the byte at which its value begins.</summary>
    public JsonPlace Place(in Utf8JsonReader json) => new(string.Concat(_path), json.TokenStartIndex);

    public void Error(in Utf8JsonReader json, string message) => Error(Place(json), message);

    /// <summary><c>mesh.json(12,7): services['orders.sales'].endpoints[2].weight: …</c>.</summary>
    public void Error(JsonPlace place, string message)
    {
        if (_errors.Count < MaxErrors)
        {
            var before = bytes.Span[..(int)Math.Min(place.Offset, bytes.Length)];
            var line = before.Count((byte)'\n') + 1;
            var column = Encoding.UTF8.GetCharCount(before[(before.LastIndexOf((byte)'\n') + 1)..]) + 1;
            _errors.Add(string.Create(CultureInfo.InvariantCulture, $"{file}({line},{column}): {place.Path.TrimStart('.')}{(place.Path.Length > 0 ? ": " : "")}{message}"));
        }
    }

    public void SyntaxError(JsonException exception)
    {
        // The exception's own text ends with a position counted from 0; ours is counted from 1, as editors do.
        var reason = exception.Message.Split(" LineNumber:", 2)[0];
        _errors.Add(string.Create(
            CultureInfo.InvariantCulture,
            $"{file}({exception.LineNumber + 1},{exception.BytePositionInLine + 1}): {string.Concat(_path).TrimStart('.')}{(_path.Count > 0 ? ": " : "")}this is not JSON: {reason}"));
    }

    /// <summary>Reads an object of known fields. Unknown ones are errors that name the nearest known one.</summary>
    /// <returns>The places of the fields that were there, under the names they were meant to have.</returns>
    public Dictionary<string, JsonPlace> ReadObject<T>(ref Utf8JsonReader json, ObjectShape<T> shape, T target)
    {
        var places = new Dictionary<string, JsonPlace>(StringComparer.Ordinal);
        if (!Expect(ref json, JsonTokenType.StartObject, "an object"))
        {
            return places;
        }

        while (json.Read() && json.TokenType != JsonTokenType.EndObject)
        {
            var field = json.GetString()!;
            _path.Add($".{DnsLabel.Printable(field)}");
            var place = Place(json);
            if (shape.Find(field) is not { } read)
            {
                var nearest = NearestName.Find(field, shape.Fields);
                places.TryAdd(nearest ?? field, place);
                Error(place, nearest is null
                    ? $"unknown field; known here: {string.Join(", ", shape.Fields.Order(StringComparer.Ordinal))}"
                    : $"unknown field; '{nearest}' is probably meant");
                json.Skip();
            }
            else if (!places.TryAdd(field, place))
            {
                Error(place, "is there a second time");
                json.Skip();
            }
            else
            {
                json.Read();
                read(this, ref json, target);
            }

            _path.RemoveAt(_path.Count - 1);
        }

        return places;
    }

    /// <summary>Reads an object whose keys are names.</summary>
    public void ReadMap<T>(ref Utf8JsonReader json, T target, Func<JsonText, string, JsonPlace, T, FieldReader<T>?> valueOf)
    {
        if (!Expect(ref json, JsonTokenType.StartObject, "an object"))
        {
            return;
        }

        var seen = new HashSet<string>(StringComparer.Ordinal);
        while (json.Read() && json.TokenType != JsonTokenType.EndObject)
        {
            var key = json.GetString()!;
            _path.Add($"['{DnsLabel.Printable(key)}']");
            var place = Place(json);
            if (!seen.Add(key))
            {
                Error(place, "is there a second time");
                json.Skip();
            }
            else if (valueOf(this, key, place, target) is { } read)
            {
                json.Read();
                read(this, ref json, target);
            }
            else
            {
                json.Skip();
            }

            _path.RemoveAt(_path.Count - 1);
        }
    }

    /// <summary>Reads an array.</summary>
    public void ReadArray<T>(ref Utf8JsonReader json, T target, FieldReader<T> item)
    {
        if (!Expect(ref json, JsonTokenType.StartArray, "an array"))
        {
            return;
        }

        for (var i = 0; json.Read() && json.TokenType != JsonTokenType.EndArray; i++)
        {
            _path.Add(string.Create(CultureInfo.InvariantCulture, $"[{i}]"));
            item(this, ref json, target);
            _path.RemoveAt(_path.Count - 1);
        }
    }

    public string? ReadString(ref Utf8JsonReader json) => Expect(ref json, JsonTokenType.String, "a text") ? json.GetString() : null;

    public bool? ReadBool(ref Utf8JsonReader json)
    {
        if (json.TokenType is JsonTokenType.True or JsonTokenType.False)
        {
            return json.GetBoolean();
        }

        Expect(ref json, JsonTokenType.True, "true or false");
        return null;
    }

    public int? ReadInt(ref Utf8JsonReader json, int least, int most)
    {
        if (json.TokenType == JsonTokenType.Number && json.TryGetInt32(out var value) && value >= least && value <= most)
        {
            return value;
        }

        return Mismatch<int?>(ref json, string.Create(CultureInfo.InvariantCulture, $"a whole number from {least} to {most}"));
    }

    public double? ReadNumber(ref Utf8JsonReader json) =>
        json.TokenType == JsonTokenType.Number && json.TryGetDouble(out var value) ? value : Mismatch<double?>(ref json, "a number");

    /// <summary>Says that the value is not what it should be, and leaves it out.</summary>
    public T? Mismatch<T>(ref Utf8JsonReader json, string wanted)
    {
        Error(json, $"must be {wanted}, not {Shown(json)}");
        json.Skip();
        return default;
    }

    private bool Expect(ref Utf8JsonReader json, JsonTokenType token, string wanted)
    {
        if (json.TokenType == token)
        {
            return true;
        }

        Mismatch<object>(ref json, wanted);
        return false;
    }

    private static string Shown(in Utf8JsonReader json) => json.TokenType switch
    {
        JsonTokenType.StartObject => "an object",
        JsonTokenType.StartArray => "an array",
        JsonTokenType.String => $"'{DnsLabel.Printable(json.GetString())}'",
        JsonTokenType.Null => "null",
        _ => DnsLabel.Printable(Encoding.UTF8.GetString(json.ValueSpan)),
    };
}
