using System.Globalization;
using System.Text.Json.Nodes;

namespace Mesh.Simulation;

/// <summary>Collects what is wrong with an object, so that all of it is reported at once.</summary>
internal sealed class FieldErrors
{
    private readonly List<FieldError> _errors = [];

    public IReadOnlyList<FieldError> All => _errors;

    public void Invalid(string field, JsonNode? value, string why) =>
        Add(FieldErrorKind.FieldValueInvalid, field, $"Invalid value: {JsonFields.Render(value)}: {why}");

    /// <summary>A value of another type than the schema's; both by their names in JSON Schema.</summary>
    public void WrongType(string field, string found, string expected) =>
        Add(FieldErrorKind.FieldValueTypeInvalid, field, $"Invalid value: \"{found}\": {field} in body must be of type {expected}: \"{found}\"");

    public void Required(string field, string why = "") =>
        Add(FieldErrorKind.FieldValueRequired, field, why.Length == 0 ? "Required value" : "Required value: " + why);

    public void Duplicate(string field, JsonNode? value) =>
        Add(FieldErrorKind.FieldValueDuplicate, field, $"Duplicate value: {JsonFields.Render(value)}");

    public void NotSupported(string field, JsonNode? value, params IEnumerable<string> supported) =>
        Add(
            FieldErrorKind.FieldValueNotSupported,
            field,
            $"Unsupported value: {JsonFields.Render(value)}: supported values: {string.Join(", ", supported.Select(static one => $"\"{one}\""))}");

    public void Forbidden(string field, string why) => Add(FieldErrorKind.FieldValueForbidden, field, "Forbidden: " + why);

    public void TooMany(string field, int count, int limit) =>
        Add(
            FieldErrorKind.FieldValueTooMany,
            field,
            string.Create(CultureInfo.InvariantCulture, $"Too many: {count}: must have at most {limit} items"));

    public void TooLong(string field, string what) => Add(FieldErrorKind.FieldValueTooLong, field, "Too long: " + what);

    private void Add(FieldErrorKind kind, string field, string message) => _errors.Add(new FieldError(kind, field, message));
}
