namespace Mesh.Simulation;

/// <summary>One refused field: a cause of a 422.</summary>
internal sealed record FieldError(FieldErrorKind Kind, string Field, string Message)
{
    public StatusCause ToCause() => new(Kind.ToString(), Message, Field);

    public override string ToString() => $"{Field}: {Message}";
}
