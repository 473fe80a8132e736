using System.Diagnostics.Metrics;

namespace Mesh.Telemetry;

/// <summary>What the observed instruments of a meter say when they are asked.</summary>
internal static class MeterReading
{
    /// <summary>A line for each measurement, in order: name, unit, attributes, value.</summary>
    public static List<string> Of(Meter meter)
    {
        List<string> read = [];
        using var listener = new MeterListener { InstrumentPublished = (instrument, l) => { if (instrument.Meter == meter) { l.EnableMeasurementEvents(instrument); } } };
        listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => read.Add(Line(instrument, value, tags)));
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => read.Add(Line(instrument, value, tags)));
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => read.Add(Line(instrument, (long)value, tags)));
        listener.Start();
        listener.RecordObservableInstruments();
        read.Sort(StringComparer.Ordinal);
        return read;
    }

    private static string Line(Instrument instrument, long value, ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
        string.Join(' ', [instrument.Name, instrument.Unit, .. tags.ToArray().Select(static t => $"{t.Key}={t.Value}"), $"{value}"]);
}
