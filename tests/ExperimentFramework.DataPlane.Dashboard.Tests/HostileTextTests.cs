using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using ExperimentFramework.DataPlane.Science;

namespace ExperimentFramework.DataPlane.Dashboard.Tests;

/// <summary>Names, ids and attributes come from users. None of them may become markup, a formula or another address.</summary>
public sealed class HostileTextTests
{
    private const string Marker = "pwned";

    public static TheoryData<string> Names =>
    [
        $"<script>{Marker}()</script>",
        $"\"><img src=x onerror={Marker}()>",
        $"' onmouseover='{Marker}()",
        $"</title></svg><script>{Marker}()</script>",
        $"=cmd|'/c {Marker}'!A1",
        $"{Marker},\"quoted\"\r\nnew line",
        $"../{Marker}/..%2f?name=x&y#z",
        $"{Marker}\u2028\u0000\ud800",
        $"javascript:{Marker}()",
        $"{Marker};=1+1\t@sum\n+2\uff1d3",
    ];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Text_is_never_markup_on_any_page_nor_export_nor_update(string name)
    {
        await using var dashboard = await Dashboard.StartAsync(model: model => KnownOf(model, Wellformed(name)));
        Fill(dashboard, Wellformed(name));
        var pages = new Queue<string>(["/experiments", "/experiments?q=" + Uri.EscapeDataString(Wellformed(name))]);
        HashSet<string> seen = [.. pages];
        var exports = 0;
        while (pages.TryDequeue(out var path))
        {
            if (path.Contains("/updates", StringComparison.Ordinal))
            {
                using var open = await OpenPage.OpenAsync(dashboard, path);
                var update = await open.NextAsync(dashboard.Time);
                Assert.NotEmpty(update.Parts);
                Assert.All(update.Parts, part => AssertHarmless(part.Value, $"{path} {part.Key}", scripts: 0));
                continue;
            }

            using var response = await dashboard.Client.GetAsync(path, TestContext.Current.CancellationToken);
            Assert.True(response.StatusCode == HttpStatusCode.OK, $"{path} gives {response.StatusCode}");
            var content = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
            switch (response.Content.Headers.ContentType?.MediaType)
            {
                case "application/json":
                    JsonDocument.Parse(content).Dispose();
                    exports++;
                    continue;
                case "text/csv":
                    AssertNoFormula(content, path);
                    exports++;
                    continue;
                case "text/html":
                    break;
                default:
                    continue;
            }

            AssertHarmless(content, path);
            foreach (var link in content.Split('"').Where(static part => part.StartsWith("/experiments", StringComparison.Ordinal)).Select(WebUtility.HtmlDecode))
            {
                if (seen.Add(link!))
                {
                    pages.Enqueue(link!);
                }
            }
        }

        // List, search, detail, both series, events, exports of every table, and assets.
        Assert.True(seen.Count > 50 && exports >= 40, $"only {seen.Count} addresses and {exports} exports were found");
        Assert.Contains(seen, static path => path.Contains("/updates?name=", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task The_link_to_an_experiment_leads_to_it_whatever_its_name_is(string name)
    {
        await using var dashboard = await Dashboard.StartAsync();
        Fill(dashboard, Wellformed(name));
        var list = await dashboard.GetAsync("/experiments");
        var link = list.Split('"').First(static part => part.StartsWith("/experiments/detail?", StringComparison.Ordinal));

        var page = await dashboard.GetAsync(WebUtility.HtmlDecode(link));

        Assert.Contains("<h1>" + System.Text.Encodings.Web.HtmlEncoder.Default.Encode(Wellformed(name)) + "</h1>", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_formula_in_a_name_is_text_in_a_spreadsheet()
    {
        await using var dashboard = await Dashboard.StartAsync();
        Fill(dashboard, "=1+1,\"x\"\r\n-y;@z");

        var csv = await dashboard.GetAsync("/experiments/export?table=experiments&format=csv");
        using var json = JsonDocument.Parse(await dashboard.GetAsync("/experiments/export?table=experiments&format=json"));

        Assert.Contains("\r\n\"'=1+1,\"\"x\"\"\r\n'-y;'@z\",", csv, StringComparison.Ordinal);
        Assert.Equal("=1+1,\"x\"\r\n-y;@z", json.RootElement[0].GetProperty("name").GetString());
    }

    /// <summary>Events have text that UTF-8 has: the pipeline replaces half of a surrogate pair.</summary>
    internal static string Wellformed(string name) => string.Concat(name.EnumerateRunes());

    internal static ProcessModel KnownOf(IExperimentReadModel model, string name) => new(model)
    {
        Destinations = [ProcessModel.Destination(name, DestinationState.LosingEvents) with { LastError = name }],
        Drops = [new DroppedEvents(name, name, name, name, 3)],
        Looks = new LookHistory(2, [new AnalysisLook { Timestamp = Dashboard.Start, By = name, ExperimentName = name, Run = 1, Subjects = 3, Shown = name, Metric = name, PlanHash = name, Reason = name }], name),
    };

    internal static void Fill(Dashboard dashboard, string name)
    {
        dashboard.Declare(name, name, "b");
        for (var subject = 0; subject < 1_200; subject++)
        {
            dashboard.Expose(subject < 5 ? name + subject : "s" + subject, subject % 3 == 0 ? name : "b", name, exposure => exposure with
            {
                SelectionReason = name,
                TenantId = name,
                SubjectType = name,
                AllocationVersion = subject % 40 == 0 ? name : "v1",
                VariantBuild = new Guid(subject % 2, 0, 0, new byte[8]),
                Attributes = new Dictionary<string, object?> { ["country"] = name, [name] = name },
            });
        }

        dashboard.Observe(new AccountingEvent
        {
            ExperimentName = "*",
            Timestamp = dashboard.Time.GetUtcNow(),
            ProducerId = name,
            Destination = name,
            SequenceNumber = 1,
            IntervalStart = Dashboard.Start,
            IntervalEnd = Dashboard.Start,
            IsLast = false,
            Calls = [new AccountedCalls { ExperimentName = name, VariantKey = name, ExposingCalls = 3, RepeatsNotRecorded = 1, SampledOut = 1, NoSubject = 1 }],
            Published = [new AccountedEvents { ExperimentName = name, VariantKey = name, EventType = "Exposure", Count = 3 }],
            Drops = [new AccountedDrops { ExperimentName = name, VariantKey = name, EventType = "Exposure", Reason = name, Count = 3 }],
        });
        dashboard.Observe(new OutcomeEvent { ExperimentName = name, Timestamp = dashboard.Time.GetUtcNow(), VariantKey = name, SubjectId = name, OutcomeName = name, Result = OutcomeResult.Success });
        dashboard.Monitor.Evaluate(dashboard.Time.GetUtcNow());
        dashboard.Time.Advance(TimeSpan.FromMinutes(2));
        dashboard.Monitor.Evaluate(dashboard.Time.GetUtcNow());
    }

    /// <summary>Reads CSV by RFC 4180: no cell of any spreadsheet, whatever ends its cells, begins like a formula.</summary>
    private static void AssertNoFormula(string csv, string path)
    {
        var columns = 0;
        foreach (var (fields, isHeader) in Records(csv).Select(static (fields, index) => (fields, index == 0)))
        {
            columns = isHeader ? fields.Count : columns;
            Assert.True(fields.Count == columns, $"{path}: a row has {fields.Count} fields, the header {columns}");
            foreach (var cell in fields.Where(static field => !double.TryParse(field, NumberStyles.Float, CultureInfo.InvariantCulture, out _)).SelectMany(static field => field.Split(',', ';', '\t', '\r', '\n')))
            {
                Assert.False(cell.Length > 0 && "=+-@\uff1d\uff0b\uff0d\uff20".Contains(cell[0], StringComparison.Ordinal), $"{path}: {cell}");
            }
        }
    }

    private static IEnumerable<List<string>> Records(string csv)
    {
        var (fields, field, isQuoted) = (new List<string>(), new StringBuilder(), false);
        for (var index = 0; index < csv.Length; index++)
        {
            var character = csv[index];
            if (isQuoted)
            {
                if (character != '"')
                {
                    field.Append(character);
                }
                else if (index + 1 < csv.Length && csv[index + 1] == '"')
                {
                    field.Append(csv[++index]);
                }
                else
                {
                    isQuoted = false;
                }
            }
            else if (character == '"')
            {
                isQuoted = true;
            }
            else if (character is ',' or '\n')
            {
                fields.Add(field.ToString());
                field.Clear();
                if (character == '\n')
                {
                    yield return fields;
                    fields = [];
                }
            }
            else if (character != '\r')
            {
                field.Append(character);
            }
        }

        Assert.False(isQuoted);
        Assert.Empty(fields);
    }

    /// <summary>No tag, no attribute and no entity begins within what users wrote.</summary>
    internal static void AssertHarmless(string html, string path, int scripts = 2)
    {
        for (var at = html.IndexOf(Marker, StringComparison.Ordinal); at >= 0; at = html.IndexOf(Marker, at + 1, StringComparison.Ordinal))
        {
            var around = html[Math.Max(0, at - 40)..Math.Min(html.Length, at + 40)];
            Assert.False(around.Contains("<script>" + Marker, StringComparison.Ordinal) || around.Contains("onerror=" + Marker, StringComparison.Ordinal) && around.Contains("<img", StringComparison.Ordinal) || around.Contains("='" + Marker, StringComparison.Ordinal), $"{path}: {around}");
        }

        Assert.Equal(scripts, html.Split("<script").Length - 1);
        Assert.DoesNotContain("<img", html, StringComparison.Ordinal);
        Assert.DoesNotContain("href=\"javascript", html, StringComparison.Ordinal);
    }
}
