namespace Mesh.Policies;

public class HashKeyTests
{
    [Theory]
    [InlineData("header:x-user", HashKeyKind.Header, "x-user")]
    [InlineData("Cookie:Cart_2", HashKeyKind.Cookie, "Cart_2")]
    [InlineData("source-address", HashKeyKind.SourceAddress, null)]
    [InlineData("PATH", HashKeyKind.Path, null)]
    public void TryParse_AKey_IsReadAndWrittenAlike(string text, HashKeyKind kind, string? name)
    {
        HashKey.TryParse(text, out var key).ShouldBeTrue();

        key.ShouldBe(new HashKey(kind, name));
        HashKey.TryParse(key.ToString(), out var again).ShouldBeTrue();
        again.ShouldBe(key);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("header")]
    [InlineData("header:")]
    [InlineData("cookie:a b")]
    [InlineData("cookie:ä")]
    [InlineData("query:q")]
    [InlineData("path:x")]
    public void TryParse_NoKey_IsRefused(string? text)
    {
        HashKey.TryParse(text, out var key).ShouldBeFalse();
        key.ShouldBe(default);
    }

    [Theory]
    [InlineData(100, true)]
    [InlineData(101, false)]
    public void IsName_AtItsLimit_IsOneAndBeyondItNot(int length, bool expected) => HashKey.IsName(new string('x', length)).ShouldBe(expected);
}
