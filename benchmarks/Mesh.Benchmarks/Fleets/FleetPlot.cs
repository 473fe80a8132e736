using System.Globalization;
using System.Text;
using Mesh.Benchmarks.Fleets.Simulation;

namespace Mesh.Benchmarks.Fleets;

/// <summary>Draws a scenario under each rule side by side: how full the clusters are, and where the concerned callers' requests go. Readable on light and on dark ground.</summary>
internal static class FleetPlot
{
    private const int PanelWidth = 270;
    private const int PanelHeight = 150;
    private const int Left = 52;
    private const int Top = 58;
    private const int GapX = 24;
    private const int GapY = 48;
    private const double MostUtilization = 2;

    private static readonly string[] Colours = ["#3b82f6", "#f59e0b", "#10b981", "#ef4444"];

    public static string Draw(IReadOnlyList<Outcome> outcomes, IReadOnlyList<string> rules)
    {
        var clusters = outcomes[0].Scenario.Sizes.Count;
        var width = Left + (outcomes.Count * PanelWidth) + ((outcomes.Count - 1) * GapX) + 16;
        var height = Top + (2 * PanelHeight) + GapY + 44;
        var svg = new StringBuilder();
        Add(svg, $"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="system-ui, sans-serif" font-size="12" fill="#808080">""");
        Legend(svg, clusters);
        for (var i = 0; i < outcomes.Count; i++)
        {
            var x = Left + (i * (PanelWidth + GapX));
            var outcome = outcomes[i];
            var seconds = outcome.Seconds.Count;
            Add(svg, $"""<text x="{x + (PanelWidth / 2)}" y="{Top - 10}" text-anchor="middle" font-size="14" font-weight="600">{rules[i]}</text>""");
            Panel(svg, x, Top, seconds, [(0, "0"), (0.5, "50"), (1, "100"), (1.5, "150"), (2, "200")], MostUtilization, i == 0 ? "asked of capacity, %" : null);
            for (var c = 0; c < clusters; c++)
            {
                var cluster = c;
                Line(svg, x, Top, seconds, MostUtilization, Colours[c], t => outcome.Seconds[t].Capacity[cluster] > 0 ? outcome.Seconds[t].Arrived[cluster] / outcome.Seconds[t].Capacity[cluster] : double.NaN);
            }

            var y = Top + PanelHeight + GapY;
            Panel(svg, x, y, seconds, [(0, "0"), (0.5, "50"), (1, "100")], 1, i == 0 ? "share of alpha's requests, %" : null);
            for (var c = 0; c <= clusters; c++)
            {
                var part = c;
                Line(svg, x, y, seconds, 1, Colours[c], t => t < 2 ? double.NaN : outcome.Shares(t + 1)[part]);
            }

            Add(svg, $"""<text x="{x + (PanelWidth / 2)}" y="{y + PanelHeight + 34}" text-anchor="middle">seconds</text>""");
        }

        return svg.Append("</svg>\n").ToString();
    }

    private static void Legend(StringBuilder svg, int clusters)
    {
        string[] names = ["alpha", "beta", "gamma"];
        var x = Left;
        for (var c = 0; c <= clusters; c++)
        {
            var name = c < clusters ? names[c] : "turned away";
            Add(svg, $"""<line x1="{x}" y1="16" x2="{x + 22}" y2="16" stroke="{Colours[c]}" stroke-width="2.5"/><text x="{x + 28}" y="20">{name}</text>""");
            x += 90;
        }
    }

    private static void Panel(StringBuilder svg, int x, int y, int seconds, (double Value, string Label)[] marks, double most, string? title)
    {
        foreach (var (value, label) in marks)
        {
            var at = y + PanelHeight - (PanelHeight * value / most);
            Add(svg, $"""<line x1="{x}" y1="{at:0.0}" x2="{x + PanelWidth}" y2="{at:0.0}" stroke="#808080" stroke-opacity="{(value == 1 && most > 1 ? 0.8 : 0.25):0.00}"/>""");
            if (title is not null)
            {
                Add(svg, $"""<text x="{x - 6}" y="{at + 4:0.0}" text-anchor="end">{label}</text>""");
            }
        }

        for (var t = 0; t <= seconds; t += 20)
        {
            var at = x + ((double)PanelWidth * t / seconds);
            Add(svg, $"""<line x1="{at:0.0}" y1="{y + PanelHeight}" x2="{at:0.0}" y2="{y + PanelHeight + 4}" stroke="#808080"/><text x="{at:0.0}" y="{y + PanelHeight + 17}" text-anchor="middle">{t}</text>""");
        }

        var loss = x + (PanelWidth * Scenario.DisturbedAt / seconds);
        Add(svg, $"""<line x1="{loss:0.0}" y1="{y}" x2="{loss:0.0}" y2="{y + PanelHeight}" stroke="#808080" stroke-dasharray="4 3"/>""");
        if (title is not null)
        {
            Add(svg, $"""<text x="14" y="{y + (PanelHeight / 2)}" text-anchor="middle" transform="rotate(-90 14 {y + (PanelHeight / 2)})">{title}</text>""");
        }
    }

    private static void Line(StringBuilder svg, int x, int y, int seconds, double most, string colour, Func<int, double> value)
    {
        var path = new StringBuilder();
        var isDown = false;
        for (var t = 0; t < seconds; t++)
        {
            var at = value(t);
            if (double.IsNaN(at))
            {
                isDown = false;
                continue;
            }

            path.Append(CultureInfo.InvariantCulture, $"{(isDown ? 'L' : 'M')}{x + (PanelWidth * (t + 0.5) / seconds):0.0} {y + PanelHeight - (PanelHeight * Math.Min(at, most) / most):0.0}");
            isDown = true;
        }

        Add(svg, $"""<path d="{path}" fill="none" stroke="{colour}" stroke-width="2" stroke-linejoin="round"/>""");
    }

    private static void Add(StringBuilder svg, FormattableString text) => svg.AppendLine(text.ToString(CultureInfo.InvariantCulture));
}
