using System.Net;
using System.Text.Json;

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
    ];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Text_is_never_markup_on_any_page_nor_export_nor_update(string name)
    {
        await using var dashboard = await Dashboard.StartAsync();
        Fill(dashboard, Wellformed(name));
        var pages = new Queue<string>(["/experiments", "/experiments?q=" + Uri.EscapeDataString(Wellformed(name))]);
        HashSet<string> seen = [.. pages];
        while (pages.TryDequeue(out var path))
        {
            using var response = await dashboard.Client.GetAsync(path, TestContext.Current.CancellationToken);
            Assert.True(response.StatusCode == HttpStatusCode.OK, $"{path} gives {response.StatusCode}");
            var content = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
            if (response.Content.Headers.ContentType?.MediaType != "text/html")
            {
                continue;
            }

            AssertHarmless(content, path);
            foreach (var link in content.Split('"').Where(static part => part.StartsWith("/experiments", StringComparison.Ordinal)).Select(WebUtility.HtmlDecode))
            {
                if (!link!.Contains("/updates", StringComparison.Ordinal) && seen.Add(link))
                {
                    pages.Enqueue(link);
                }
            }
        }

        // List, search, detail, both series, events, exports of every table, and assets.
        Assert.True(seen.Count > 30, $"only {seen.Count} addresses were found");
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
        Fill(dashboard, "=1+1,\"x\"\r\ny");

        var csv = await dashboard.GetAsync("/experiments/export?table=experiments&format=csv");
        using var json = JsonDocument.Parse(await dashboard.GetAsync("/experiments/export?table=experiments&format=json"));

        Assert.Contains("\r\n\"'=1+1,\"\"x\"\"\r\ny\",", csv, StringComparison.Ordinal);
        Assert.Equal("=1+1,\"x\"\r\ny", json.RootElement[0].GetProperty("name").GetString());
    }

    /// <summary>Events have text that UTF-8 has: the pipeline replaces half of a surrogate pair.</summary>
    internal static string Wellformed(string name) => string.Concat(name.EnumerateRunes());

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

        dashboard.Observe(new OutcomeEvent { ExperimentName = name, Timestamp = dashboard.Time.GetUtcNow(), VariantKey = name, SubjectId = name, OutcomeName = name, Result = OutcomeResult.Success });
        dashboard.Monitor.Evaluate(dashboard.Time.GetUtcNow());
        dashboard.Time.Advance(TimeSpan.FromMinutes(2));
        dashboard.Monitor.Evaluate(dashboard.Time.GetUtcNow());
    }

    /// <summary>No tag, no attribute and no entity begins within what users wrote.</summary>
    internal static void AssertHarmless(string html, string path, int scripts = 1)
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
