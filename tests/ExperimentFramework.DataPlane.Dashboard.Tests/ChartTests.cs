using System.Globalization;

namespace ExperimentFramework.DataPlane.Dashboard.Tests;

/// <summary>What a chart draws.</summary>
public sealed class ChartTests
{
    [Fact]
    public void A_point_without_neighbours_is_drawn_where_it_belongs_and_not_as_the_latest_one()
    {
        var svg = Draw(null, 0.5, null, null, 0.4, 0.6);

        Assert.Equal(1, svg.Split("<path class=\"value\"").Length - 1);
        var line = PathOf(svg, "value");
        var point = PathOf(svg, "value point");
        Assert.EndsWith("h0", point, StringComparison.Ordinal);
        Assert.True(XOf(point) < XOf(line));
        Assert.DoesNotContain("circle", svg, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_values_there_is_no_line() => Assert.DoesNotContain("<path", Draw(null, null), StringComparison.Ordinal);

    [Fact]
    public void The_drawing_is_not_read_aloud_because_its_title_and_its_text_are()
    {
        var svg = Draw(0.4, 0.6);

        Assert.Contains("aria-hidden=\"true\"", svg, StringComparison.Ordinal);
        Assert.Contains("<figcaption>Share of b</figcaption>", svg, StringComparison.Ordinal);
        Assert.Contains("<p class=\"reading\">Now 60 %.</p>", svg, StringComparison.Ordinal);
    }

    private static string Draw(params double?[] values) => new LineChart
    {
        Id = "chart",
        Title = "Share of b",
        Description = "Now 60 %.",
        Times = (Dashboard.Start, Dashboard.Start.AddHours(1)),
        Values = values,
        Label = static value => value.ToString("0.##", CultureInfo.InvariantCulture),
        SmallestRange = 0.1,
    }.Write(string.Empty).ToString();

    private static string PathOf(string svg, string style)
    {
        var path = svg[(svg.IndexOf($"class=\"{style}\" d=\"", StringComparison.Ordinal) + style.Length + 13)..];
        return path[..path.IndexOf('"', StringComparison.Ordinal)];
    }

    private static double XOf(string path) => double.Parse(path[(path.IndexOf('M', StringComparison.Ordinal) + 1)..].Split(' ')[0], CultureInfo.InvariantCulture);
}
