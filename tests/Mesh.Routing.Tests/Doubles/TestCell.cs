namespace Mesh.Doubles;

/// <summary>A cell that the test fills.</summary>
internal sealed class TestCell(ServiceName name) : ServiceCell(name)
{
    public void Set(ServiceSnapshot? snapshot) => Publish(snapshot);

    public override IDisposable OnChange(Action<ServiceCell> callback) => throw new NotSupportedException("The router subscribes to the catalog.");
}
