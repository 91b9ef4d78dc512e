using System.Net;
using System.Text.Json;
using ExperimentFramework.DataPlane.Science;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;

namespace ExperimentFramework.DataPlane.Dashboard.Tests;

/// <summary>Whoever sees a comparison of variants has looked at results.</summary>
public sealed class LookTests
{
    private static readonly (HttpMethod Method, string Path)[] Ways =
    [
        (HttpMethod.Post, "/experiments/results?name=checkout-pricing"),
        (HttpMethod.Get, "/experiments/api/experiment?name=checkout-pricing&results=true"),
        (HttpMethod.Get, "/experiments/export?name=checkout-pricing&table=readouts&format=csv&results=true"),
    ];

    private readonly InMemoryAnalysisLedger _ledger = new();

    [Fact]
    public async Task Results_of_a_plan_with_its_own_looks_are_behind_a_link_that_records_the_look()
    {
        await using var dashboard = await StartAsync(LookSchedule.FixedHorizon);

        var page = await dashboard.GetAsync("/experiments/detail?name=checkout-pricing");
        Assert.Contains("Show the results", page, StringComparison.Ordinal);
        Assert.Contains("not shown", page, StringComparison.Ordinal);
        Assert.Empty(await LooksAsync());

        // A link that is followed, loaded ahead or polled is no look.
        await dashboard.GetAsync("/experiments/results?name=checkout-pricing");
        Assert.Equal("none", await ResultsInExportAsync(dashboard, string.Empty));
        using (var polled = JsonDocument.Parse(await dashboard.GetAsync("/experiments/api/experiment?name=checkout-pricing")))
        {
            Assert.True(polled.RootElement.GetProperty("areResultsWithheld").GetBoolean());
            Assert.All(polled.RootElement.GetProperty("status").GetProperty("readOuts")[0].GetProperty("variants").EnumerateArray(), static variant => Assert.False(variant.TryGetProperty("mean", out _)));
        }

        Assert.Empty(await LooksAsync());

        var results = await AskAsync(dashboard);
        Assert.Contains("The plan does not allow a look now.", results, StringComparison.Ordinal);
        Assert.Equal("some", await ResultsInExportAsync(dashboard, "&results=true"));
        using var asked = JsonDocument.Parse(await dashboard.GetAsync("/experiments/api/experiment?name=checkout-pricing&results=true"));
        Assert.True(asked.RootElement.GetProperty("status").GetProperty("readOuts")[0].GetProperty("variants")[0].TryGetProperty("mean", out _));
        Assert.Equal(["page of results", "export of results", "JSON of the experiment"], (await LooksAsync()).Select(static look => look.Shown));
    }

    [Theory]
    [InlineData("Sec-Fetch-Site", "cross-site")]
    [InlineData("Sec-Fetch-Site", "same-site")]
    [InlineData("Sec-Purpose", "prefetch;prerender")]
    [InlineData("Origin", "http://other.example")]
    [InlineData("Origin", "null")]
    [InlineData("Origin", "http://HOST:81")]
    [InlineData("Referer", "http://other.example/page")]
    [InlineData("User-Agent", "Mozilla/5.0 (X11; Linux x86_64) Chrome/140.0")]
    public async Task A_page_of_another_site_and_a_browser_that_loads_ahead_cannot_look_in_the_name_of_a_user(string header, string value)
    {
        await using var dashboard = await StartAsync(LookSchedule.FixedHorizon);

        foreach (var (method, path) in Ways)
        {
            using var request = new HttpRequestMessage(method, path);
            request.Headers.TryAddWithoutValidation(header, value.Replace("HOST", dashboard.Client.BaseAddress!.Host, StringComparison.Ordinal));
            using var response = await dashboard.Client.SendAsync(request, TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        }

        Assert.Empty(await LooksAsync());
    }

    [Theory]
    [InlineData("Sec-Fetch-Site", "cross-site", "dash.local:8080", "Ask on the page of the experiment", "Host")]
    [InlineData("User-Agent", "Mozilla/5.0 (X11; Linux x86_64) Chrome/140.0", "dash.local:8080", "Ask on the page of the experiment", "Host")]
    [InlineData("Sec-Purpose", "prefetch;prerender", "dash.local:8080", "The browser prefetched this page before its user asked for it", "Mozilla|another origin")]
    [InlineData("Sec-Fetch-Site", "same-site", "dash.local:8080", "A page of another origin (host or port)", "Mozilla|prefetched")]
    [InlineData("Origin", "null", "dash.local:8080", "withholds its address", "Mozilla|prefetched")]
    [InlineData("User-Agent", "Mozilla/5.0 (X11; Linux x86_64) Chrome/140.0", "dash.local:8080", "leave Mozilla out", "another origin|prefetched")]
    [InlineData("Origin", "http://dash.local:8080", "dash.local", "proxy_set_header Host $http_host", "log")]
    [InlineData("Referer", "http://dash.local:8080/experiments", "127.0.0.1:5000", "X-Forwarded-Host", "log")]
    [InlineData("Origin", "http://dash.local:8080", "", "proxy_set_header Host $http_host", "log")]
    public async Task Whoever_is_refused_is_told_why_and_what_to_do(string header, string value, string host, string told, string untold)
    {
        await using var dashboard = await StartAsync(LookSchedule.FixedHorizon);

        foreach (var (method, path) in Ways)
        {
            var (status, text) = await dashboard.RequestAsync(request =>
            {
                (request.Method, request.Path, request.QueryString) = (method.Method, path[..path.IndexOf('?')], new QueryString(path[path.IndexOf('?')..]));
                request.Host = new HostString(host);
                request.Headers[header] = value;
            });

            Assert.Equal(StatusCodes.Status403Forbidden, status);
            Assert.Contains(told, text, StringComparison.Ordinal);
            Assert.DoesNotMatch($"Try again later|could not be recorded|\\b({untold})\\b", text);
        }

        Assert.Empty(await LooksAsync());
    }

    [Fact]
    public async Task A_proxy_that_passes_on_the_host_and_port_of_the_browser_locks_nobody_out()
    {
        await using var dashboard = await StartAsync(LookSchedule.FixedHorizon);

        foreach (var (method, path) in Ways)
        {
            var (status, _) = await dashboard.RequestAsync(request =>
            {
                (request.Method, request.Path, request.QueryString) = (method.Method, path[..path.IndexOf('?')], new QueryString(path[path.IndexOf('?')..]));
                request.Host = new HostString("dash.local:8080");
                request.Headers.Origin = "http://dash.local:8080";
            });

            Assert.Equal(StatusCodes.Status200OK, status);
        }
    }

    [Theory]
    [InlineData("Sec-Fetch-Site", "same-origin")]
    [InlineData("Origin", "HERE")]
    [InlineData("Referer", "HERE/experiments/detail?name=checkout-pricing")]
    [InlineData("User-Agent", "curl/8.5.0")]
    [InlineData("User-Agent", "Mozilla/5.0 (Windows NT 10.0; Microsoft Windows 10.0.26100; en-US) PowerShell/7.5.0")]
    [InlineData("User-Agent", "Mozilla/5.0 (Windows NT; Windows NT 10.0; en-US) WindowsPowerShell/5.1.26100.2161")]
    public async Task The_pages_themselves_and_programs_can_look_over_plain_http(string header, string value)
    {
        await using var dashboard = await StartAsync(LookSchedule.FixedHorizon);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/experiments/results?name=checkout-pricing");
        request.Headers.TryAddWithoutValidation(header, value.Replace("HERE", dashboard.Client.BaseAddress!.GetLeftPart(UriPartial.Authority), StringComparison.Ordinal));

        using var response = await dashboard.Client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Single(await LooksAsync());
    }

    [Fact]
    public async Task Whoever_asks_before_there_is_anything_to_compare_has_not_looked()
    {
        await using var dashboard = await StartAsync(LookSchedule.FixedHorizon, closesWindows: false);

        Assert.Contains("This look was not recorded: there is nothing to compare yet.", await AskAsync(dashboard), StringComparison.Ordinal);

        Assert.Empty(await LooksAsync());
    }

    [Fact]
    public async Task Results_of_a_broken_split_are_not_shown_with_the_warning_and_the_look_is_not_counted()
    {
        await using var dashboard = await StartAsync(LookSchedule.FixedHorizon, loseEveryOfB: 3);

        var results = await AskAsync(dashboard);

        Assert.Contains("Untrustworthy:", results, StringComparison.Ordinal);
        Assert.Empty(await LooksAsync());
    }

    [Fact]
    public async Task What_a_planned_look_shows_is_left_out_of_signals_on_pages_in_exports_and_in_reports()
    {
        await using var dashboard = await StartAsync(LookSchedule.GroupSequential(SpendingFunction.Pocock, 0.01, 1), convertsB: true);
        var report = new StringWriter();
        await new ExperimentReport(new MonitorReadModel(dashboard.Monitor, ReadModelSource.OfFiles("events"), dashboard.Time)).WriteAsync(report, ExperimentReportFormat.Markdown, TestContext.Current.CancellationToken);

        foreach (var shown in new[]
        {
            await dashboard.GetAsync("/experiments/detail?name=checkout-pricing"), await dashboard.GetAsync("/experiments/export?name=checkout-pricing&table=signals&format=json"),
            await dashboard.GetAsync("/experiments/api/experiment?name=checkout-pricing"), WebUtility.HtmlDecode(report.ToString()),
        })
        {
            Assert.Contains("Look 1 at checkout-pricing is due. Its values are shown only with the results.", shown, StringComparison.Ordinal);
            Assert.DoesNotContain("an effect", shown, StringComparison.Ordinal);
            Assert.DoesNotContain("\"effect\"", shown, StringComparison.Ordinal);
        }

        Assert.Contains("\"effect\"", await dashboard.GetAsync("/experiments/api/experiment?name=checkout-pricing&results=true"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Results_of_a_plan_that_this_version_cannot_read_are_not_shown()
    {
        await using var dashboard = await StartAsync(null);
        dashboard.Observe(new AnalysisSignalEvent
        {
            ExperimentName = Dashboard.Experiment, Timestamp = dashboard.Time.GetUtcNow(), SignalType = AnalysisSignalType.PlanDeclared, Severity = SignalSeverity.Info, Message = "Declared.",
            Data = new Dictionary<string, object?> { ["planHash"] = "0123456789abcdef", ["setting:looks"] = "of a newer version" },
        });

        var page = await dashboard.GetAsync("/experiments/detail?name=checkout-pricing");

        Assert.Contains("cannot be read by this one, so results are not shown", page, StringComparison.Ordinal);
        Assert.DoesNotContain("Show the results", page + await AskAsync(dashboard), StringComparison.Ordinal);
        using var response = await dashboard.Client.GetAsync("/experiments/api/experiment?name=checkout-pricing&results=true", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        Assert.Contains("cannot be read by this one, so results are not shown. Update this application.", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Empty(await LooksAsync());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_ledger_that_fails_or_hangs_hides_results_that_the_plan_keeps_and_no_others(bool hangs)
    {
        var logs = FakeLogCollector.Create(new FakeLogCollectorOptions());
        await using var closed = await StartAsync(LookSchedule.FixedHorizon, ledger: new FaultyLedger(hangs), logs: logs);
        await using var open = await StartAsync(LookSchedule.AlwaysValid, ledger: new FaultyLedger(hangs), logs: logs);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, await StatusAsync(closed, HttpMethod.Post, "/experiments/results?name=checkout-pricing"));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await StatusAsync(closed, HttpMethod.Get, "/experiments/api/experiment?name=checkout-pricing&results=true"));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(closed, HttpMethod.Get, "/experiments/detail?name=checkout-pricing"));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(open, HttpMethod.Get, "/experiments/export?name=checkout-pricing&table=readouts&format=csv"));
        var page = open.GetAsync("/experiments/detail?name=checkout-pricing");
        await open.Time.AdvanceUntil(page, TimeSpan.FromSeconds(1));
        Assert.Contains("Not recorded:", await page, StringComparison.Ordinal);

        // Once by each dashboard, however often it fails.
        Assert.Equal(2, logs.GetSnapshot().Count(static log => log.Id.Name == "LookNotRecorded"));
    }

    [Fact]
    public async Task Looks_of_another_monitor_than_that_of_the_page_are_not_recorded()
    {
        var other = new ExperimentMonitor();
        await using var dashboard = await StartAsync(LookSchedule.AlwaysValid, monitor: other);

        Assert.Equal(HttpStatusCode.OK, await StatusAsync(dashboard, HttpMethod.Get, "/experiments/detail?name=checkout-pricing"));

        Assert.Empty(await LooksAsync());
    }

    [Fact]
    public async Task Results_of_a_plan_that_allows_any_look_are_on_the_page_and_each_loading_is_recorded()
    {
        await using var dashboard = await StartAsync(LookSchedule.AlwaysValid);

        var page = await dashboard.GetAsync("/experiments/detail?name=checkout-pricing");

        Assert.DoesNotContain("Show the results", page, StringComparison.Ordinal);
        await dashboard.GetAsync("/experiments/detail?name=checkout-pricing");
        Assert.Equal([("dashboard", "page of the experiment"), ("dashboard", "page of the experiment")], (await LooksAsync()).Select(static look => (look.By, look.Shown)));
    }

    [Fact]
    public async Task An_export_that_is_refused_is_no_look()
    {
        await using var dashboard = await StartAsync(LookSchedule.FixedHorizon);

        foreach (var format in new[] { "", "&format=xlsx" })
        {
            using var response = await dashboard.Client.GetAsync("/experiments/export?name=checkout-pricing&table=readouts" + format, TestContext.Current.CancellationToken);
            Assert.Equal(System.Net.HttpStatusCode.NotFound, response.StatusCode);
        }

        Assert.Empty(await LooksAsync());
    }

    private async Task<List<AnalysisLook>> LooksAsync()
    {
        List<AnalysisLook> looks = [];
        await foreach (var look in _ledger.ReadAsync(TestContext.Current.CancellationToken))
        {
            looks.Add(look);
        }

        return looks;
    }

    private static async Task<string> AskAsync(Dashboard dashboard)
    {
        using var response = await dashboard.Client.PostAsync("/experiments/results?name=checkout-pricing", content: null, TestContext.Current.CancellationToken);
        return await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
    }

    private static async Task<HttpStatusCode> StatusAsync(Dashboard dashboard, HttpMethod method, string path)
    {
        using var request = new HttpRequestMessage(method, path);
        var answering = dashboard.Client.SendAsync(request, TestContext.Current.CancellationToken);
        await dashboard.Time.AdvanceUntil(answering, TimeSpan.FromSeconds(1));
        using var response = await answering;
        return response.StatusCode;
    }

    private static async Task<string> ResultsInExportAsync(Dashboard dashboard, string query)
    {
        using var rows = JsonDocument.Parse(await dashboard.GetAsync("/experiments/export?name=checkout-pricing&table=readouts&format=json" + query));
        return rows.RootElement.EnumerateArray().All(static row => row.GetProperty("mean").ValueKind == JsonValueKind.Null) ? "none" : "some";
    }

    private async Task<Dashboard> StartAsync(
        LookSchedule? looks, bool closesWindows = true, int loseEveryOfB = 0, bool convertsB = false, IAnalysisLedger? ledger = null, FakeLogCollector? logs = null, ExperimentMonitor? monitor = null)
    {
        var dashboard = await Dashboard.StartAsync(
            services: services =>
            {
                services.AddSingleton(provider => new AnalysisLooks(monitor ?? provider.GetRequiredService<ExperimentMonitor>(), ledger ?? _ledger, provider.GetRequiredService<TimeProvider>()));
                services.AddLogging(logging => _ = logs is null ? null : logging.AddProvider(new FakeLoggerProvider(logs)));
            },
            plans: looks is null ? null :
            [
                new AnalysisPlan
                {
                    ExperimentName = Dashboard.Experiment,
                    Control = "control",
                    Looks = looks,
                    MinimumEffect = 0.1,
                    PrimaryMetric = new PlannedMetric { Name = "purchase", Baseline = 0.1, Definition = new MetricDefinition(TimeSpan.FromMinutes(1), MetricAggregation.Any) },
                },
            ]);
        dashboard.Declare();
        dashboard.ExposeMany(loseEveryOfB > 0 ? 6_000 : 2_000, loseEveryOfB);
        foreach (var subject in Enumerable.Range(0, convertsB ? 2_000 : 0).Where(static subject => subject % 4 == 1 || subject % 20 == 0))
        {
            dashboard.Observe(new MetricEvent { ExperimentName = "*", Timestamp = dashboard.Time.GetUtcNow(), MetricName = "purchase", Value = 1, SubjectId = "s" + subject });
        }

        if (closesWindows)
        {
            dashboard.Time.Advance(TimeSpan.FromMinutes(5));
            dashboard.Monitor.Evaluate(dashboard.Time.GetUtcNow());
        }

        return dashboard;
    }

    /// <summary>Fails, or does not answer.</summary>
    private sealed class FaultyLedger(bool hangs) : IAnalysisLedger
    {
        public ValueTask RecordAsync(AnalysisLook look, CancellationToken cancellationToken = default) => hangs ? new ValueTask(new TaskCompletionSource().Task) : throw new UnauthorizedAccessException("The disk is full.");

        public IAsyncEnumerable<AnalysisLook> ReadAsync(CancellationToken cancellationToken = default) => AsyncEnumerable.Empty<AnalysisLook>();
    }
}
