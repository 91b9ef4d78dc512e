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
        return Layout.Page(site, $"{table.Title}: {detail.Status.Name}", HtmlText.Of($"<h1>{table.Title}</h1>{Back(site, detail)}{TableHtml.Write(table, site.Export(detail.Status.Name, table.Id))}"), detail.Source);
    }

    /// <summary>One event in full.</summary>
    public static string Event(Site site, ExperimentDetail detail, RecentEvent item) => Layout.Page(
        site,
        $"{item.Envelope.EventType} of {detail.Status.Name}",
        HtmlText.Of($"<h1>{item.Envelope.EventType.ToString()} {item.Envelope.EventId.ToString("D")}</h1>{Back(site, detail)}<p>Arrived at {TableHtml.Time(item.ArrivedAt)}, redacted as it is here.</p><pre tabindex=\"0\">{Pretty(item.Envelope)}</pre>"),
        detail.Source);

    /// <summary>The results of an experiment at this moment.</summary>
    public static string Results(Site site, ExperimentDetail detail, LookVerdict? verdict) => Layout.Page(
        site,
        $"Results of {detail.Status.Name}",
        HtmlText.Of(
            $"<h1>Results</h1>{Back(site, detail)}<p>As of {TableHtml.Time(detail.Time)}.</p>{Judge(verdict)}{TableHtml.Write(ResultTables.ReadOuts(detail.Status, withResults: true), site.Export(detail.Status.Name, ResultTables.ReadOutsId))}"),
        detail.Source);

    /// <summary>A page that says why there is none.</summary>
    public static string Missing(Site site, string title, string explanation) =>
        Layout.Page(site, title, HtmlText.Of($"<h1>{title}</h1><p>{explanation}</p><p><a href=\"{site.List}\">All experiments</a></p>"), source: null);

    private static HtmlText Judge(LookVerdict? verdict) => verdict switch
    {
        null => HtmlText.Of($"<p>This look was not recorded: there is nothing to compare yet, or no monitor of this process keeps looks.</p>"),
        { IsAllowed: true } => HtmlText.Of($"<p>This look was recorded. The plan allows it.</p>"),
        { NextLookAt: { } next } => HtmlText.Of($"<p class=\"untrustworthy\"><strong>The plan has no look now.</strong> The next one is at {next:N0} subjects. This look was recorded{Rate(verdict)}.</p>"),
        _ => HtmlText.Of($"<p class=\"untrustworthy\"><strong>The plan has no look now.</strong> This look was recorded{Rate(verdict)}.</p>"),
    };

    private static HtmlText Rate(LookVerdict verdict) => verdict.TypeIErrorAtEnd is { } rate ? HtmlText.Of($"; with it the error rate is {rate:0.0%} at the end") : default;

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
