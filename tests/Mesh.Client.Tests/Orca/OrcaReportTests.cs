using System.Buffers.Binary;
using System.Text;

namespace Mesh.Orca;

public class OrcaReportTests
{
    [Theory]
    [InlineData("TEXT cpu_utilization=0.3, rps_fractional=20, eps=1.5", 0.3, 20, 1.5)]
    [InlineData("text cpu_utilization:0.3,rps_fractional:20,eps:1.5,mem_utilization:0.9", 0.3, 20, 1.5)]
    [InlineData("cpu_utilization=0.3", 0.3, double.NaN, double.NaN)]
    [InlineData("TEXT cpu_utilization=0.3,application_utilization=0.6", 0.6, double.NaN, double.NaN)]
    [InlineData("TEXT cpu_utilization=0.3,application_utilization=0", 0.3, double.NaN, double.NaN)]
    [InlineData("TEXT cpu_utilization=0.3,application_utilization=NaN", 0.3, double.NaN, double.NaN)]
    [InlineData("TEXT cpu_utilization=0.3,named_metrics.x=1,=,==,rubbish,eps=,eps", 0.3, double.NaN, double.NaN)]
    [InlineData("TEXT application_utilization=1e308", 1e308, double.NaN, double.NaN)]
    [InlineData("""JSON {"cpu_utilization":0.3,"rps_fractional":20,"eps":1.5}""", 0.3, 20, 1.5)]
    [InlineData("""{"cpuUtilization":"0.3","rpsFractional":20,"named_metrics":{"cpu_utilization":9},"request_cost":[1,{"a":2}]}""", 0.3, 20, double.NaN)]
    [InlineData("""JSON {"cpu_utilization":0.3,"applicationUtilization":0.7,"eps":null}""", 0.7, double.NaN, double.NaN)]
    public void Read_AReport_IsTaken(string value, double utilization, double requests, double errors)
    {
        OrcaReport.TryRead(value, out var report).ShouldBeTrue();

        report.ShouldBe(new LoadReport(utilization, requests, errors));
    }

    [Theory]
    [InlineData("")]
    [InlineData("TEXT")]
    [InlineData("TEXT ")]
    [InlineData("JSON")]
    [InlineData("JSON {")]
    [InlineData("JSON []")]
    [InlineData("JSON {}")]
    [InlineData("JSON {} {}")]
    [InlineData("""JSON {"cpu_utilization":}""")]
    [InlineData("""JSON {"cpu_utilization":1e999}""")]
    [InlineData("""JSON {"\uD800":1}""")]
    [InlineData("""JSON {"cpu_utilization":"\uD800"}""")]
    [InlineData("BIN ")]
    [InlineData("BIN %%%")]
    [InlineData("BIN AAAA")]
    [InlineData("TEXT cpu_utilization=NaN")]
    [InlineData("TEXT cpu_utilization=-0.1")]
    [InlineData("TEXT cpu_utilization=Infinity")]
    [InlineData("TEXT rps_fractional=100")]
    [InlineData("cpu_utilization")]
    [InlineData("\uD800\uDC00\u0000")]
    public void Read_NothingUsable_SaysNothing(string value) => OrcaReport.TryRead(value, out _).ShouldBeFalse();

    [Fact]
    public void Read_HugeHeaders_SayNothing()
    {
        OrcaReport.TryRead("TEXT cpu_utilization=0.3," + new string('x', 65_536), out _).ShouldBeFalse();
        OrcaReport.TryRead("JSON " + new string('[', 65_536), out _).ShouldBeFalse();
        OrcaReport.TryReadBinary(new string('A', 65_536), out _).ShouldBeFalse();

        // The longest that is read, nested as deep as it can be.
        OrcaReport.TryRead("""JSON {"a":""" + new string('[', 8000), out _).ShouldBeFalse();
        OrcaReport.TryRead("TEXT " + new string(',', 8000), out _).ShouldBeFalse();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void ReadBinary_AReport_IsTakenWithAndWithoutPadding(bool padded)
    {
        var value = Convert.ToBase64String(Message([(1, 0.3), (6, 20), (7, 1.5)], "extra 1"));
        value.ShouldEndWith("=");

        OrcaReport.TryReadBinary(padded ? value : value.TrimEnd('='), out var report).ShouldBeTrue();
        report.ShouldBe(new LoadReport(0.3, 20, 1.5));
        OrcaReport.TryRead("BIN " + value, out report).ShouldBeTrue();
        report.ShouldBe(new LoadReport(0.3, 20, 1.5));
    }

    [Fact]
    public void ReadBinary_ApplicationUtilization_ComesBeforeTheProcessors()
    {
        OrcaReport.TryReadBinary(Convert.ToBase64String(Message([(9, 0.8), (1, 0.3), (2, 0.1)])), out var report).ShouldBeTrue();

        report.Utilization.ShouldBe(0.8);
    }

    [Fact]
    public void ReadBinary_CutOffAnywhere_NeverThrowsAndNeverReadsBeyond()
    {
        var message = Message([(1, 0.3), (6, 20)], "some metric that is longer than its rest");
        for (var length = 0; length < message.Length; length++)
        {
            var isRead = OrcaReport.TryReadBinary(Convert.ToBase64String(message.AsSpan(0, length)), out var report);

            // A message that ends between two fields is whole.
            isRead.ShouldBe(length is 9 or 18 || length == message.Length - 3);
            if (isRead)
            {
                report.Utilization.ShouldBe(0.3);
            }
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Read_Rubbish_NeverThrows(int seed)
    {
        var random = new Random(seed);
        for (var i = 0; i < 20_000; i++)
        {
            var bytes = new byte[random.Next(60)];
            random.NextBytes(bytes);
            OrcaReport.TryReadBinary(Convert.ToBase64String(bytes), out _);
            var text = Encoding.Latin1.GetString(bytes);
            OrcaReport.TryReadBinary(text, out _);
            OrcaReport.TryRead(text, out _);
            OrcaReport.TryRead("BIN " + text, out _);
            OrcaReport.TryRead("TEXT cpu_utilization=" + text, out _);
            if (i % 50 == 0)
            {
                OrcaReport.TryRead("JSON {" + text, out _);
            }
        }
    }

    internal static byte[] Message((int Field, double Value)[] fields, string? metric = null)
    {
        using var message = new MemoryStream();
        var bytes = new byte[8];
        foreach (var (field, value) in fields)
        {
            message.WriteByte((byte)(field << 3 | 1));
            BinaryPrimitives.WriteDoubleLittleEndian(bytes, value);
            message.Write(bytes);
        }

        if (metric is not null)
        {
            // An entry of named_metrics, and the deprecated integer.
            message.Write([8 << 3 | 2, (byte)(metric.Length + 2), 1 << 3 | 2, (byte)metric.Length, .. Encoding.UTF8.GetBytes(metric)]);
            message.Write([3 << 3, 0x96, 0x01]);
        }

        return message.ToArray();
    }
}
