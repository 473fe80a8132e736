namespace Mesh.Simulation;

/// <summary>What is wrong with a field; the names are those of <c>details.causes[].reason</c>.</summary>
internal enum FieldErrorKind
{
    FieldValueInvalid,
    FieldValueRequired,
    FieldValueDuplicate,
    FieldValueNotSupported,
    FieldValueForbidden,
    FieldValueTooMany,
    FieldValueTooLong,
    FieldValueTypeInvalid,
}
