using System.Text.Json;

namespace Mesh.Files;

/// <summary>Reads the value of one field into what it belongs to; the reader stands on the value's first token, and on its last afterwards.</summary>
internal delegate void FieldReader<in T>(JsonText text, ref Utf8JsonReader json, T target);
