using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using ExperimentFramework.DataPlane.Science;

namespace ExperimentFramework.DataPlane.Dashboard;

/// <summary>The pages that do not change while they are open.</summary>
internal static class SmallPages
{
    private static readonly JsonWriterOptions Indented = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The series of an experiment as a table.</summary>
    public static string Series(Site site, ExperimentDetail detail, string range)
    {
        var table = SeriesTable.Of(detail, range);
        return Layout.Page(site, $"{table.Title}: {detail.Status.Name}", HtmlText.Of($"<h1>{table.Title}</h1>{Back(site, detail)}<p>As of {TableHtml.Time(detail.Time)}.</p>{TableHtml.Write(table, site.Export(detail.Status.Name, table.Id))}"), detail.Source);
    }

    /// <summary>One event in full.</summary>
    public static string Event(Site site, ExperimentDetail detail, RecentEvent item) => Layout.Page(
        site,
        $"{item.Envelope.EventType} of {detail.Status.Name}",
        HtmlText.Of($"<h1>{item.Envelope.EventType.ToString()} {item.Envelope.EventId.ToString("D")}</h1>{Back(site, detail)}<p>Arrived at {TableHtml.Time(item.ArrivedAt)} in the redacted form shown here.</p><pre tabindex=\"0\">{Pretty(item.Envelope)}</pre>"),
        detail.Source);

    /// <summary>The results of an experiment at this moment.</summary>
    public static string Results(Site site, ExperimentDetail detail, LookRecord record)
    {
        var name = detail.Status.Name;
        var links = WithheldResults.AreOpen(detail.Status)
            ? default
            : HtmlText.Of($"<p class=\"exports\"><a href=\"{site.ApiDetail(name, withResults: true)}\" rel=\"nofollow\">All data as JSON, including the results</a>. Each export counts as a look as well.</p>");
        return Layout.Page(
            site,
            $"Results of {name}",
            HtmlText.Of(
                $"<h1>Results</h1>{Back(site, detail)}<p>As of {TableHtml.Time(detail.Time)}.</p>{HtmlText.Join(Cautions.Of(detail).Select(SectionHtml.Warning))}{Judge(record)}{TableHtml.Write(ResultTables.ReadOuts(detail.Status, withResults: true), site.Export(name, ResultTables.ReadOutsId) + "&results=true")}{TableHtml.Write(ResultTables.LeftOut(detail.Status), exports: null)}{links}"),
            detail.Source);
    }

    /// <summary>The page that asks whether to show the results.</summary>
    public static string AskForResults(Site site, ExperimentDetail detail) => Layout.Page(
        site,
        $"Results of {detail.Status.Name}",
        HtmlText.Of($"<h1>Results</h1>{Back(site, detail)}{SectionHtml.Write(new Section("results", "Results", [WithheldResultsPart.Of(detail.Status)]), site, detail.Status.Name)}"),
        detail.Source);

    /// <summary>The page that explains why there is nothing to show.</summary>
    public static string Missing(Site site, string title, string explanation) =>
        Layout.Page(site, title, HtmlText.Of($"<h1>{title}</h1><p>{explanation}</p><p><a href=\"{site.List}\">All experiments</a></p>"), source: null);

    /// <summary>The page for an experiment without events. If it remains open, it shows the experiment when an event arrives.</summary>
    public static string MissingExperiment(Site site, string name, DateTimeOffset? time) => Layout.Page(
        site,
        "Experiment not found",
        HtmlText.Of($"<h1>Experiment not found</h1><p>No event of this experiment was seen. It appears with its first exposure.</p><p><a href=\"{site.List}\">All experiments</a></p>"),
        source: null,
        time is { } now ? (site.DetailUpdates(name, SeriesTable.Minutes), string.Empty, now) : null);

    private static HtmlText Judge(LookRecord record)
    {
        if (record.Verdict is not { } verdict)
        {
            return HtmlText.Of($"<p>This look was not recorded: {record.Unrecorded}.</p>");
        }

        if (verdict.IsAllowed)
        {
            return HtmlText.Of($"<p>This look was recorded. The plan allows it.</p>");
        }

        var next = verdict switch
        {
            { NextLookNotBefore: { } time, NextLookAt: { } subjects } => HtmlText.Of($" The next look is at {subjects:N0} {Subjects(verdict)}, and not before {TableHtml.Time(time)}."),
            { NextLookNotBefore: { } time } => HtmlText.Of($" The next look is not allowed before {TableHtml.Time(time)}."),
            { NextLookAt: { } subjects } => HtmlText.Of($" The next look is at {subjects:N0} {Subjects(verdict)}."),
            _ => default,
        };
        return HtmlText.Of($"<p class=\"untrustworthy\"><strong>The plan does not allow a look now.</strong>{next} This look was recorded{Rate(verdict)}.</p>");
    }

    private static string Subjects(LookVerdict verdict) => verdict.CountsClosedWindows ? "subjects whose window has closed" : "subjects";

    private static HtmlText Rate(LookVerdict verdict) => verdict.TypeIErrorAtEnd is { } rate ? HtmlText.Of($"; including it, the overall error rate will be {rate:0.0%}") : default;

    private static HtmlText Back(Site site, ExperimentDetail detail) => HtmlText.Of($"<p><a href=\"{site.Detail(detail.Status.Name)}\">{detail.Status.Name}</a></p>");

    private static string Pretty(DataPlaneEnvelope envelope)
    {
        using var document = JsonDocument.Parse(DataPlaneJson.Serialize(envelope));
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Indented))
        {
            document.WriteTo(json);
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
