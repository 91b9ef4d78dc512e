using System.Globalization;
using System.Net;
using System.Text.Json;

namespace ExperimentFramework.DataPlane.Dashboard.Tests;

public sealed class PageTests
{
    [Fact]
    public async Task The_list_shows_each_experiment_with_its_state_variants_counts_and_losses()
    {
        await using var dashboard = await Dashboard.StartAsync();
        dashboard.Declare();
        dashboard.ExposeMany(100);
        dashboard.Declare("search-ranking");
        dashboard.ExposeMany(4_000, loseEveryOfB: 3, experiment: "search-ranking");

        var page = await dashboard.GetAsync("/experiments");

        Assert.Contains("<a href=\"/experiments/detail?name=checkout-pricing\">checkout-pricing</a>", page, StringComparison.Ordinal);
        Assert.Contains("control 50%; b 50%", page, StringComparison.Ordinal);
        Assert.Contains("Healthy", page, StringComparison.Ordinal);
        Assert.Contains("1 of 2 experiments cannot be trusted because of a sample ratio mismatch: search-ranking", page, StringComparison.Ordinal);

        // What needs attention comes first.
        Assert.True(page.IndexOf(">search-ranking</a>", StringComparison.Ordinal) < page.IndexOf(">checkout-pricing</a>", StringComparison.Ordinal));
        Assert.Contains("Event files in events.", page, StringComparison.Ordinal);
        Assert.Contains("Events that were dropped before they arrived here.", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_empty_list_says_what_fills_it()
    {
        await using var dashboard = await Dashboard.StartAsync();

        Assert.Contains("An experiment appears with its first exposure.", await dashboard.GetAsync("/experiments"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_list_is_filtered_by_name_and_state_and_has_pages()
    {
        await using var dashboard = await Dashboard.StartAsync();
        for (var experiment = 0; experiment < 150; experiment++)
        {
            dashboard.Expose("s", "control", "experiment-" + experiment.ToString("000", CultureInfo.InvariantCulture));
        }

        var first = await dashboard.GetAsync("/experiments");
        var second = await dashboard.GetAsync("/experiments?page=2");
        var found = await dashboard.GetAsync("/experiments?q=MENT-14");
        var none = await dashboard.GetAsync("/experiments?state=mismatch");

        Assert.Contains("Page 1 of 2", first, StringComparison.Ordinal);
        Assert.Contains("experiment-099", first, StringComparison.Ordinal);
        Assert.DoesNotContain("experiment-100", first, StringComparison.Ordinal);
        Assert.Contains("experiment-149", second, StringComparison.Ordinal);
        Assert.Contains("experiment-149", await dashboard.GetAsync("/experiments?page=99"), StringComparison.Ordinal);
        Assert.Contains("Page 2 of 2", await dashboard.GetAsync("/experiments?page=2147483647"), StringComparison.Ordinal);
        Assert.Contains("10 of 150 experiments", found, StringComparison.Ordinal);
        Assert.Contains("data-updates=\"/experiments/updates?q=MENT-14\"", found, StringComparison.Ordinal);
        Assert.Contains("No experiments match.", none, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("minutes")]
    [InlineData("hours")]
    public async Task The_detail_has_charts_with_words_tables_and_the_alarm(string range)
    {
        await using var dashboard = await Dashboard.StartAsync();
        dashboard.Declare();
        for (var minute = 0; minute < 5; minute++)
        {
            dashboard.ExposeMany(1_000, loseEveryOfB: 3, prefix: "m" + minute);
            dashboard.Time.Advance(TimeSpan.FromHours(range == "hours" ? 1 : 0) + TimeSpan.FromMinutes(1));
        }

        var page = await dashboard.GetAsync($"/experiments/detail?name=checkout-pricing&range={range}");

        Assert.Contains("Sample ratio mismatch", page, StringComparison.Ordinal);
        Assert.Contains("Share of control", page, StringComparison.Ordinal);
        Assert.Contains("which is outside the band", page, StringComparison.Ordinal);
        Assert.Contains("above the alarm line", page, StringComparison.Ordinal);
        Assert.Contains("Untrustworthy:", page, StringComparison.Ordinal);
        Assert.Contains("<caption>Subjects by version of the weights</caption>", page, StringComparison.Ordinal);
        Assert.Contains("<path class=\"band\"", page, StringComparison.Ordinal);
        Assert.Contains("<path class=\"planned\"", page, StringComparison.Ordinal);
        Assert.DoesNotContain("NaN", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_experiment_that_has_just_begun_has_a_page_too()
    {
        await using var dashboard = await Dashboard.StartAsync();
        dashboard.Declare();

        var page = await dashboard.GetAsync("/experiments/detail?name=checkout-pricing");

        Assert.Contains("Gathering", page, StringComparison.Ordinal);
        Assert.Contains("No subject has been counted", page, StringComparison.Ordinal);
        Assert.DoesNotContain("NaN", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_event_is_shown_in_full()
    {
        await using var dashboard = await Dashboard.StartAsync();
        dashboard.Declare();
        dashboard.Expose("u1", "control");
        dashboard.Expose("u2", "b", change: static exposure => exposure with { Attributes = new Dictionary<string, object?> { ["country"] = "DE" } });
        var detail = await dashboard.GetAsync("/experiments/detail?name=checkout-pricing");
        var link = detail[detail.IndexOf("/experiments/event?", StringComparison.Ordinal)..];

        var page = await dashboard.GetAsync(WebUtility.HtmlDecode(link[..link.IndexOf('"', StringComparison.Ordinal)]));

        Assert.Contains("&quot;country&quot;: &quot;DE&quot;", page, StringComparison.Ordinal);
        Assert.Contains("&quot;subjectId&quot;: &quot;u2&quot;", page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/experiments/detail?name=unknown", "Experiment not found")]
    [InlineData("/experiments/detail", "Experiment not found")]
    [InlineData("/experiments/event?name=checkout-pricing&id=00000000-0000-0000-0000-000000000009", "Event not found")]
    [InlineData("/experiments/event?name=checkout-pricing&id=x", "Event not found")]
    [InlineData("/experiments/export?name=checkout-pricing&table=unknown&format=csv", "Export not found")]
    [InlineData("/experiments/export?name=checkout-pricing&table=variants&format=xls", "Export not found")]
    [InlineData("/experiments/api/experiment?name=unknown", "Experiment not found")]
    [InlineData("/experiments/assets/unknown.js", "")]
    public async Task What_is_not_there_is_not_found_and_says_why(string path, string title)
    {
        await using var dashboard = await Dashboard.StartAsync();
        dashboard.Expose("u1", "control");

        using var response = await dashboard.Client.GetAsync(path, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Contains(title, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_table_is_exported_as_csv_and_json()
    {
        await using var dashboard = await Dashboard.StartAsync();
        dashboard.Declare();
        dashboard.ExposeMany(200);
        var page = await dashboard.GetAsync("/experiments/detail?name=checkout-pricing") + await dashboard.GetAsync("/experiments") + await dashboard.GetAsync("/experiments/series?name=checkout-pricing&range=minutes");
        var links = page.Split('"').Where(static part => part.StartsWith("/experiments/export?", StringComparison.Ordinal)).Select(WebUtility.HtmlDecode).Distinct().ToArray();

        Assert.True(links.Length >= 16);
        foreach (var link in links)
        {
            using var response = await dashboard.Client.GetAsync(link, TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            Assert.Equal("attachment", response.Content.Headers.ContentDisposition?.DispositionType);
            var content = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
            if (link!.EndsWith("json", StringComparison.Ordinal))
            {
                using var json = JsonDocument.Parse(content);
                Assert.True(json.RootElement.GetArrayLength() > 0);
            }
            else
            {
                Assert.True(content.Split("\r\n").Length > 2);
            }
        }
    }

    [Fact]
    public async Task Numbers_of_exports_are_those_of_the_monitor()
    {
        await using var dashboard = await Dashboard.StartAsync();
        dashboard.Declare();
        dashboard.ExposeMany(200);

        var csv = await dashboard.GetAsync("/experiments/export?name=checkout-pricing&table=variants&format=csv");

        Assert.Equal("variant,subjects,expected,deviation,exposures,fallbacks,lostExposures\r\ncontrol,100,100,0,100,0,0\r\nb,100,100,0,100,0,0\r\n", csv);
    }

    [Fact]
    public async Task The_api_is_the_json_of_the_read_model()
    {
        await using var dashboard = await Dashboard.StartAsync();
        dashboard.Declare();
        dashboard.ExposeMany(10);

        using var overview = JsonDocument.Parse(await dashboard.GetAsync("/experiments/api/experiments"));
        using var detail = JsonDocument.Parse(await dashboard.GetAsync("/experiments/api/experiment?name=checkout-pricing"));

        Assert.Equal("checkout-pricing", overview.RootElement.GetProperty("experiments")[0].GetProperty("name").GetString());
        Assert.Equal(10, detail.RootElement.GetProperty("status").GetProperty("subjects").GetInt64());
    }

    [Theory]
    [InlineData("/experiments")]
    [InlineData("/experiments/detail?name=checkout-pricing")]
    [InlineData("/experiments/api/experiments")]
    [InlineData("/experiments/export?table=experiments&format=csv")]
    [InlineData("/experiments/assets/dashboard.js")]
    public async Task Responses_allow_no_inline_code_no_other_host_and_no_frame(string path)
    {
        await using var dashboard = await Dashboard.StartAsync();
        dashboard.ExposeMany(10);

        using var response = await dashboard.Client.GetAsync(path, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var policy = Assert.Single(response.Headers.GetValues("Content-Security-Policy"));
        Assert.StartsWith("default-src 'none'; script-src 'self'; style-src 'self';", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
        Assert.Equal("nosniff", Assert.Single(response.Headers.GetValues("X-Content-Type-Options")));
        var content = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.DoesNotContain(" style=\"", content, StringComparison.Ordinal);
        Assert.DoesNotContain(" onclick", content, StringComparison.Ordinal);
        Assert.DoesNotContain("://", content, StringComparison.Ordinal);
        Assert.DoesNotContain("href=\"//", content, StringComparison.Ordinal);
        Assert.DoesNotContain("src=\"//", content, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/ops/experiments/")]
    [InlineData("")]
    public async Task The_dashboard_can_be_mapped_anywhere(string pattern)
    {
        await using var dashboard = await Dashboard.StartAsync(pattern: pattern);
        dashboard.ExposeMany(10);
        var root = pattern.TrimEnd('/');

        var page = await dashboard.GetAsync(pattern.Length == 0 ? "/" : pattern);

        var links = page.Split("href=\"").Skip(1).Concat(page.Split("src=\"").Skip(1)).Select(static part => WebUtility.HtmlDecode(part[..part.IndexOf('"', StringComparison.Ordinal)])).Where(static link => link[0] != '#').ToArray();
        Assert.True(links.Length > 5);
        foreach (var link in links)
        {
            Assert.StartsWith(root + "/", link + "/", StringComparison.Ordinal);
            using var response = await dashboard.Client.GetAsync(link, TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        }
    }
}
