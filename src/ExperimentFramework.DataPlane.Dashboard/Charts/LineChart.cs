using System.Globalization;
using System.Text;

namespace ExperimentFramework.DataPlane.Dashboard;

/// <summary>
/// A chart of values over time as SVG: a line, a band around it, and horizontal reference lines. Colours come from the style sheet. A description below the chart says what it shows, so the drawing itself is hidden from screen readers.
/// </summary>
internal sealed class LineChart
{
    /// <summary>The width of a phone screen. On larger screens, several charts are side by side.</summary>
    private const int Width = 400;
    private const int Height = 190;
    private const int Left = 56;
    private const int Right = 8;
    private const int Top = 10;
    private const int Bottom = 26;

    /// <summary>The maximum number of points that can be distinguished at this width.</summary>
    private const int MaxPoints = 240;

    /// <summary>The id of the chart in the page.</summary>
    public required string Id { get; init; }

    /// <summary>What the chart shows.</summary>
    public required string Title { get; init; }

    /// <summary>What the chart shows, in words.</summary>
    public required string Description { get; init; }

    /// <summary>The times of the first and of the last interval.</summary>
    public required (DateTimeOffset First, DateTimeOffset Last) Times { get; init; }

    /// <summary>The values by interval; null where there is none.</summary>
    public required IReadOnlyList<double?> Values { get; init; }

    /// <summary>The lower and the upper end of the band by interval; null for no band.</summary>
    public (IReadOnlyList<double?> Low, IReadOnlyList<double?> High)? Band { get; init; }

    /// <summary>A line that may change from interval to interval, such as the planned share; null for none.</summary>
    public IReadOnlyList<double?>? Planned { get; init; }

    /// <summary>Horizontal lines with their labels.</summary>
    public IReadOnlyList<(double Value, string Label)> Limits { get; init; } = [];

    /// <summary>Formats the label of a value on the axis.</summary>
    public required Func<double, string> Label { get; init; }

    /// <summary>The smallest and the largest possible value, at which the axis ends; null for none.</summary>
    public (double Low, double High)? Bounds { get; init; }

    /// <summary>The smallest difference between the ends of the axis.</summary>
    public required double SmallestRange { get; init; }

    /// <summary>Writes the chart.</summary>
    /// <param name="idPrefix">The prefix of its id, so that several charts with the same id can be on one page.</param>
    public HtmlText Write(string idPrefix)
    {
        var id = idPrefix + Id;
        var (low, high) = Range();
        var labels = HtmlText.Join(Ticks(low, high).Select(tick => HtmlText.Of(
            $"<line class=\"grid\" x1=\"{Left}\" x2=\"{Width - Right}\" y1=\"{Y(tick, low, high):0.#}\" y2=\"{Y(tick, low, high):0.#}\"/><text class=\"axis end\" x=\"{Left - 6}\" y=\"{Y(tick, low, high) + 4:0.#}\">{Label(tick)}</text>")));

        // The first label is above its line, and the others are below theirs, so that the labels of lines that are close together do not overlap.
        var limits = HtmlText.Join(Limits.Select((limit, index) => HtmlText.Of(
            $"<line class=\"limit\" x1=\"{Left}\" x2=\"{Width - Right}\" y1=\"{Y(limit.Value, low, high):0.#}\" y2=\"{Y(limit.Value, low, high):0.#}\"/><text class=\"limit-label end\" x=\"{Width - Right}\" y=\"{Y(limit.Value, low, high) + (index == 0 ? -4 : 13):0.#}\">{limit.Label}</text>")));
        return HtmlText.Of(
            $"""
            <figure class="chart"><figcaption>{Title}</figcaption>
            <svg id="{id}" viewBox="0 0 {Width} {Height}" aria-hidden="true">
            {labels}{BandPath(low, high)}{limits}{Line("planned", Planned, low, high)}{Line("value", Values, low, high)}
            <text class="axis" x="{Left}" y="{Height - 8}">{Times.First.UtcDateTime:yyyy-MM-dd HH:mm}</text><text class="axis end" x="{Width - Right}" y="{Height - 8}">{Times.Last.UtcDateTime:yyyy-MM-dd HH:mm} UTC</text></svg>
            <p class="reading">{Description}</p></figure>
            """);
    }

    private (double Low, double High) Range()
    {
        var (low, high) = (double.PositiveInfinity, double.NegativeInfinity);
        foreach (var value in Values.Concat(Planned ?? []).Concat(Limits.Select(static limit => (double?)limit.Value)))
        {
            if (value is { } number && double.IsFinite(number))
            {
                (low, high) = (Math.Min(low, number), Math.Max(high, number));
            }
        }

        if (double.IsInfinity(low))
        {
            return (0, SmallestRange);
        }

        // Scale the axis by the end of the band, because its beginning is as wide as the whole scale.
        if (Band is { } band && band.Low.Count > 0 && band.Low[^1] is { } lastLow && band.High[^1] is { } lastHigh)
        {
            (low, high) = (Math.Min(low, lastLow), Math.Max(high, lastHigh));
        }

        var margin = Math.Max(SmallestRange - (high - low), (high - low) * 0.1) / 2;
        return Bounds is { } bounds ? (Math.Max(bounds.Low, low - margin), Math.Min(bounds.High, high + margin)) : (low - margin, high + margin);
    }

    private static IEnumerable<double> Ticks(double low, double high)
    {
        var rough = (high - low) / 4;
        var magnitude = Math.Pow(10, Math.Floor(Math.Log10(rough)));
        var step = magnitude * ((rough / magnitude) switch { < 1.5 => 1, < 3.5 => 2, < 7.5 => 5, _ => 10 });
        for (var number = Math.Ceiling(low / step); number * step <= high; number++)
        {
            // Avoid a negative zero on the axis.
            yield return (number * step) + 0.0;
        }
    }

    private IEnumerable<int> Points()
    {
        var step = Math.Max(1, (int)Math.Ceiling(Values.Count / (double)MaxPoints));

        // Always include the last interval.
        for (var index = (Values.Count - 1) % step; index < Values.Count; index += step)
        {
            yield return index;
        }
    }

    private HtmlText Line(string style, IReadOnlyList<double?>? values, double low, double high)
    {
        if (values is null)
        {
            return default;
        }

        var (line, points) = (new StringBuilder(), new StringBuilder());
        int[] indexes = [.. Points()];
        for (var place = 0; place < indexes.Length; place++)
        {
            if (values[indexes[place]] is not { } value)
            {
                continue;
            }

            var (isFirst, isLast) = (place == 0 || values[indexes[place - 1]] is null, place == indexes.Length - 1 || values[indexes[place + 1]] is null);
            var at = string.Create(CultureInfo.InvariantCulture, $"{X(indexes[place]):0.#} {Y(value, low, high):0.#}");
            if (isFirst && isLast)
            {
                // A line without length, whose round ends appear as a point.
                points.Append(CultureInfo.InvariantCulture, $"M{at}h0");
            }
            else
            {
                line.Append(isFirst ? 'M' : 'L').Append(at);
            }
        }

        return HtmlText.Of($"{Path(style, line)}{Path(style + " point", points)}");
    }

    private static HtmlText Path(string style, StringBuilder path) => path.Length == 0 ? default : HtmlText.Of($"<path class=\"{style}\" d=\"{path.ToString()}\"/>");

    private HtmlText BandPath(double low, double high)
    {
        if (Band is not { } band)
        {
            return default;
        }

        int[] points = [.. Points().Where(index => band.Low[index] is not null && band.High[index] is not null)];
        if (points.Length < 2)
        {
            return default;
        }

        var path = new StringBuilder("M");
        path.AppendJoin('L', points.Select(index => Point(index, band.High[index]!.Value)).Concat(points.Reverse().Select(index => Point(index, band.Low[index]!.Value)))).Append('Z');
        return HtmlText.Of($"<path class=\"band\" d=\"{path.ToString()}\"/>");

        string Point(int index, double value) => string.Create(CultureInfo.InvariantCulture, $"{X(index):0.#} {Y(value, low, high):0.#}");
    }

    private double X(int index) => Values.Count < 2 ? Width - Right : Left + ((Width - Left - Right) * index / (Values.Count - 1.0));

    private static double Y(double value, double low, double high) => Top + ((Height - Top - Bottom) * (1 - Math.Clamp((value - low) / (high - low), 0, 1)));
}
