using System.Text.Json;

namespace Mesh;

/// <summary>
/// Takes what is needed of one object. Name, namespace and version are read besides, and where the reader is left does not matter.
/// </summary>
/// <typeparam name="T">What is kept of an object.</typeparam>
/// <param name="reader">Stands on the object's opening brace. <see cref="JsonSerializer"/> takes it as it is.</param>
/// <returns>What is kept; never <see langword="null"/>.</returns>
public delegate T KubernetesObjectDecoder<out T>(ref Utf8JsonReader reader);
