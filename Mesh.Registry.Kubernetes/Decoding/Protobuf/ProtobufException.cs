namespace Mesh.Decoding;

/// <summary>A message is malformed: the counterpart of <see cref="System.Text.Json.JsonException"/>. Its text quotes nothing of the data.</summary>
internal sealed class ProtobufException(string message) : Exception(message);
