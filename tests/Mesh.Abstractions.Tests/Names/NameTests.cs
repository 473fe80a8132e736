namespace Mesh.Names;

public class NameTests
{
    [Theory]
    [InlineData("orders.sales", "sales", "orders")]
    [InlineData("a-1.b2", "b2", "a-1")]
    public void ServiceName_TwoLabels_Parsed(string text, string @namespace, string name)
    {
        var service = ServiceName.Parse(text);

        service.ShouldBe(new ServiceName(@namespace, name));
        service.ToString().ShouldBe(text);
    }

    [Theory]
    [InlineData("orders")]
    [InlineData("orders.sales.svc")]
    [InlineData("Orders.sales")]
    [InlineData("-a.b")]
    [InlineData("a-.b")]
    [InlineData(".b")]
    [InlineData("a.")]
    [InlineData("a_b.c")]
    [InlineData("")]
    public void ServiceName_AnythingElse_RefusedWithTheRule(string text)
    {
        ServiceName.TryParse(text, out _).ShouldBeFalse();
        Should.Throw<FormatException>(() => ServiceName.Parse(text)).Message.ShouldContain("write name.namespace");
    }

    [Fact]
    public void DnsLabel_63Characters_IsTheLongest()
    {
        DnsLabel.IsValid(new string('a', 63)).ShouldBeTrue();
        DnsLabel.IsValid(new string('a', 64)).ShouldBeFalse();
    }

    [Fact]
    public void ClusterId_ControlCharacters_AreNotShownAsTheyAre() =>
        Should.Throw<FormatException>(() => new ClusterId("a\n\u001b[31m")).Message.ShouldNotContain('\u001b');

    [Fact]
    public void ServiceName_Order_IsByNamespaceThenName() =>
        new[] { "b.a", "a.b", "a.a" }.Select(ServiceName.Parse).Order().Select(s => s.ToString()).ShouldBe(["a.a", "b.a", "a.b"]);
}
