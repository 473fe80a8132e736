using System.Globalization;

namespace Mesh.Simulation;

/// <summary>The refusals, worded as the real server words them.</summary>
internal static class Refuse
{
    public static ApiException NotFound(ResourceType type, string name) =>
        About(404, "NotFound", $"{type.QualifiedPlural} \"{name}\" not found", type, name);

    public static ApiException NamespaceNotFound(string name) =>
        new(new ApiStatus(404, "NotFound", $"namespaces \"{name}\" not found") { Details = new StatusDetails(name, Kind: "namespaces") });

    public static ApiException NoSuchResource() =>
        new(new ApiStatus(404, "NotFound", "the server could not find the requested resource") { Details = new StatusDetails() });

    public static ApiException AlreadyExists(ResourceType type, string name) =>
        About(409, "AlreadyExists", $"{type.QualifiedPlural} \"{name}\" already exists", type, name);

    public static ApiException Modified(ResourceType type, string name) =>
        About(
            409, "Conflict", $"Operation cannot be fulfilled on {type.QualifiedPlural} \"{name}\": the object has been modified; please apply your changes to the latest version and try again", type, name);

    public static ApiException WrongUid(ResourceType type, StoredObject stored, string uid) =>
        About(
            409, "Conflict", $"Operation cannot be fulfilled on {type.QualifiedPlural} \"{stored.Name}\": StorageError: invalid object, Code: 4, Key: {type.StorageKey(stored)}, ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: UID in precondition: {uid}, UID in object meta: {stored.Uid}", type, stored.Name);

    public static ApiException Precondition(ResourceType type, string name, string why) =>
        new(new ApiStatus(409, "Conflict", $"Operation cannot be fulfilled on {type.QualifiedKind} \"{name}\": {why}")
        {
            Details = new StatusDetails(name, type.Group, type.Kind),
        });

    public static ApiException BadRequest(string message) => new(new ApiStatus(400, "BadRequest", message));

    public static ApiException Invalid(string kind, string group, string name, IReadOnlyList<FieldError> errors)
    {
        var qualified = group.Length == 0 ? kind : kind + "." + group;
        var list = errors.Count == 1 ? errors[0].ToString() : "[" + string.Join(", ", errors) + "]";
        return new ApiException(new ApiStatus(422, "Invalid", $"{qualified} \"{name}\" is invalid: {list}")
        {
            Details = new StatusDetails(name, group, kind) { Causes = [.. errors.Select(static error => error.ToCause())] },
        });
    }

    /// <summary>A patch that cannot be applied to this object.</summary>
    public static ApiException PatchFailed() =>
        new(new ApiStatus(422, "Invalid", "the server rejected our request due to an error in our request") { Details = new StatusDetails() });

    /// <summary>An apply that would change what others own.</summary>
    public static ApiException ApplyConflict(IReadOnlyList<(FieldManager Manager, FieldSet Fields)> conflicts)
    {
        var all = conflicts.Select(static one => (Manager: one.Manager.Describe(), Paths: one.Fields.Paths().ToList()))
            .OrderBy(static one => one.Manager, StringComparer.Ordinal).ToList();
        var count = all.Sum(static one => one.Paths.Count);
        var message = count == 1
            ? $"Apply failed with 1 conflict: conflict with {all[0].Manager}: {all[0].Paths[0]}"
            : string.Create(CultureInfo.InvariantCulture, $"Apply failed with {count} conflicts: ")
                + string.Join('\n', all.Select(static one => $"conflicts with {one.Manager}:\n" + string.Join('\n', one.Paths.Select(static path => "- " + path))));
        return new ApiException(new ApiStatus(409, "Conflict", message)
        {
            Details = new StatusDetails
            {
                Causes = [.. all.SelectMany(static one => one.Paths.Select(path => new StatusCause("FieldManagerConflict", "conflict with " + one.Manager, path)))],
            },
        });
    }

    public static ApiException MethodNotAllowed() =>
        new(new ApiStatus(405, "MethodNotAllowed", "the server does not allow this method on the requested resource") { Details = new StatusDetails() });

    public static ApiException Unauthorized() => new(new ApiStatus(401, "Unauthorized", "Unauthorized"));

    /// <summary>Something that the real server does and this one does not: said, never imitated by halves.</summary>
    public static ApiException NotSimulated(string what) =>
        new(new ApiStatus(501, "NotImplemented", $"the simulated API server does not support {what}; use a real one for this test"));

    public static ApiException FutureVersion(long requested, long current) => new(FutureVersionStatus(requested, current));

    public static ApiStatus FutureVersionStatus(long requested, long current) =>
        new(504, "Timeout", string.Create(CultureInfo.InvariantCulture, $"Timeout: Too large resource version: {requested}, current: {current}"))
        {
            Details = new StatusDetails
            {
                Causes = [new StatusCause("ResourceVersionTooLarge", "Too large resource version")],
                RetryAfterSeconds = 1,
            },
        };

    public static ApiStatus WatchExpired(long requested, long oldest) =>
        new(410, "Expired", string.Create(CultureInfo.InvariantCulture, $"too old resource version: {requested} ({oldest})"));

    public static ApiException About(int code, string reason, string message, ResourceType type, string name) =>
        new(new ApiStatus(code, reason, message) { Details = new StatusDetails(name, type.Group, type.Plural) });
}
