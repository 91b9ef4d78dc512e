using ExperimentFramework.DataPlane.Science;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;

namespace ExperimentFramework.DataPlane.Dashboard.Tests;

/// <summary>Open pages are updated once a second, and what all of them need is read once.</summary>
public sealed class UpdateTests
{
    [Fact]
    public async Task An_open_list_gets_all_parts_first_and_then_only_what_changed()
    {
        await using var dashboard = await Dashboard.StartAsync();
        dashboard.Declare();
        dashboard.ExposeMany(10);
        dashboard.Declare("search-ranking");
        using var page = await OpenPage.OpenAsync(dashboard, "/experiments/updates");
        var first = await page.NextAsync(dashboard.Time);

        dashboard.Expose("new", "b");
        var second = await page.NextAsync(dashboard.Time, static update => update.Parts.Count > 0);
        var third = await page.NextAsync(dashboard.Time);

        Assert.Equal(2 + (2 * 6), first.Parts.Count);
        Assert.Equal("11", Assert.Contains("cell-1-3", second.Parts));
        Assert.DoesNotContain("cell-0-3", second.Parts.Keys);
        Assert.Empty(third.Parts);
        Assert.Equal(first.Structure, second.Structure);
    }

    [Fact]
    public async Task The_structure_of_the_page_is_that_of_its_updates_until_there_is_another_experiment()
    {
        await using var dashboard = await Dashboard.StartAsync();
        dashboard.ExposeMany(10);
        var html = await dashboard.GetAsync("/experiments");
        using var page = await OpenPage.OpenAsync(dashboard, "/experiments/updates");

        var before = await page.NextAsync(dashboard.Time);
        dashboard.Expose("u1", "control", "another");
        var after = await page.NextAsync(dashboard.Time, update => update.Structure != before.Structure);

        Assert.Contains($"data-structure=\"{before.Structure}\"", html, StringComparison.Ordinal);
        Assert.NotEqual(before.Structure, after.Structure);
    }

    [Fact]
    public async Task An_open_detail_sees_the_alarm_and_each_part_belongs_to_an_element_of_the_page()
    {
        await using var dashboard = await Dashboard.StartAsync();
        dashboard.Declare();
        dashboard.ExposeMany(100);
        var html = await dashboard.GetAsync("/experiments/detail?name=checkout-pricing&range=minutes");
        using var page = await OpenPage.OpenAsync(dashboard, "/experiments/updates?name=checkout-pricing&range=minutes");
        var healthy = await page.NextAsync(dashboard.Time);

        dashboard.ExposeMany(6_000, loseEveryOfB: 3, prefix: "later");
        var broken = await page.NextAsync(dashboard.Time, static update => update.Parts.ContainsKey("announce"));

        Assert.Contains("Healthy", healthy.Parts["announce"], StringComparison.Ordinal);
        Assert.Contains("Sample ratio mismatch", broken.Parts["announce"], StringComparison.Ordinal);
        Assert.All(healthy.Parts.Keys, id => Assert.Contains($"id=\"{id}\"", html, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_page_that_connects_again_gets_what_it_missed()
    {
        await using var dashboard = await Dashboard.StartAsync();
        dashboard.Declare();
        dashboard.ExposeMany(10);
        using var other = await OpenPage.OpenAsync(dashboard, "/experiments/updates");
        string seen;
        using (var page = await OpenPage.OpenAsync(dashboard, "/experiments/updates"))
        {
            seen = (await page.NextAsync(dashboard.Time)).Id;
        }

        await other.NextAsync(dashboard.Time);
        dashboard.Expose("missed", "b");
        await other.NextAsync(dashboard.Time, static update => update.Parts.ContainsKey("cell-0-3"));

        using var again = await OpenPage.OpenAsync(dashboard, "/experiments/updates", seen);
        var update = await again.NextAsync(dashboard.Time);

        Assert.Equal("11", Assert.Contains("cell-0-3", update.Parts));
        Assert.DoesNotContain("cell-0-2", update.Parts.Keys);
    }

    [Fact]
    public async Task However_many_pages_are_open_the_experiments_are_read_once_for_each_update()
    {
        CountingModel? counting = null;
        await using var dashboard = await Dashboard.StartAsync(model: model => counting = new CountingModel(model));
        dashboard.ExposeMany(10);
        List<OpenPage> pages = [];
        for (var page = 0; page < 30; page++)
        {
            pages.Add(await OpenPage.OpenAsync(dashboard, page % 2 == 0 ? "/experiments/updates" : "/experiments/updates?q=check"));
        }

        await pages[0].NextAsync(dashboard.Time);
        await pages[1].NextAsync(dashboard.Time);
        var (readings, begun) = (counting!.Overviews, dashboard.Time.GetUtcNow());
        for (var update = 0; update < 20; update++)
        {
            foreach (var page in pages.Take(2))
            {
                await page.NextAsync(dashboard.Time);
            }
        }

        // There is an update each second. A reading for each of the two views would be twice as many.
        Assert.InRange(counting.Overviews - readings, 1, (dashboard.Time.GetUtcNow() - begun).TotalSeconds + 1);
        pages.ForEach(static page => page.Dispose());
    }

    [Fact]
    public async Task More_pages_than_allowed_are_turned_away_until_one_is_closed()
    {
        await using var dashboard = await Dashboard.StartAsync(options: static options => options.MaxClients = 1);
        var page = await OpenPage.OpenAsync(dashboard, "/experiments/updates");

        Assert.Contains("data: {\"full\":true}\n\n", await dashboard.GetAsync("/experiments/updates"), StringComparison.Ordinal);

        page.Dispose();
        await dashboard.Time.AdvanceUntil(
            () =>
            {
                using var response = dashboard.Client.GetAsync("/experiments/updates", HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken).GetAwaiter().GetResult();
                using var reader = new StreamReader(response.Content.ReadAsStream(TestContext.Current.CancellationToken));
                return reader.ReadLine() == "retry: 1000";
            },
            TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task Updates_are_not_sent_to_all_pages_at_once_and_to_the_only_one_without_delay()
    {
        await using var dashboard = await Dashboard.StartAsync();
        using var only = await OpenPage.OpenAsync(dashboard, "/experiments/updates");
        await only.NextAsync(dashboard.Time);
        Assert.False(dashboard.Time.HasWaited(TimeSpan.FromMilliseconds(2)));

        using var second = await OpenPage.OpenAsync(dashboard, "/experiments/updates");
        await second.NextAsync(dashboard.Time);
        Assert.True(dashboard.Time.HasWaited(TimeSpan.FromMilliseconds(2)));
        Assert.Equal([0, 2, 4, 300], new[] { 0, 1, 2, 400 }.Select(static clients => LiveUpdates.SendDelay(clients, TimeSpan.FromSeconds(1)).TotalMilliseconds));
    }

    [Fact]
    public void A_page_that_reconnects_takes_a_free_place_so_that_all_remain_different()
    {
        var places = new ClientPlaces();
        Assert.Equal([0, 1, 2], Enumerable.Range(0, 3).Select(_ => places.Take()));

        places.Release(1);
        places.Release(0);

        Assert.Equal([0, 1, 3], Enumerable.Range(0, 3).Select(_ => places.Take()));
    }

    [Fact]
    public async Task A_few_views_more_than_allowed_are_turned_away_however_few_clients_there_are()
    {
        await using var dashboard = await Dashboard.StartAsync();
        List<OpenPage> pages = [];
        for (var view = 0; view < LiveUpdates.MaxViews; view++)
        {
            pages.Add(await OpenPage.OpenAsync(dashboard, "/experiments/updates?q=" + view));
        }

        Assert.Contains("\"full\":true", await dashboard.GetAsync("/experiments/updates?q=more"), StringComparison.Ordinal);

        // Whoever looks at one of these views is let in.
        pages.Add(await OpenPage.OpenAsync(dashboard, "/experiments/updates?q=7"));
        await pages[^1].NextAsync(dashboard.Time);
        pages.ForEach(static page => page.Dispose());
    }

    [Fact]
    public async Task A_view_that_cannot_be_rendered_sends_comments_and_its_connection_ends_in_time()
    {
        await using var dashboard = await Dashboard.StartAsync(model: static model => new FaultyModel(model));
        dashboard.Declare("hanging");
        using var response = await dashboard.Client.GetAsync("/experiments/updates?name=hanging&range=hours", HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken));
        var begun = dashboard.Time.GetUtcNow();

        var reading = reader.ReadToEndAsync(TestContext.Current.CancellationToken);
        await dashboard.Time.AdvanceUntil(reading, TimeSpan.FromSeconds(5));

        Assert.InRange(dashboard.Time.GetUtcNow() - begun, TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(8));
        Assert.InRange((await reading).Split(":\n\n").Length - 1, 10, 30);
    }

    [Fact]
    public async Task A_client_whose_structure_is_another_one_gets_the_content_once()
    {
        await using var dashboard = await Dashboard.StartAsync();
        dashboard.Declare();
        using var page = await OpenPage.OpenAsync(dashboard, "/experiments/updates");
        var before = await page.NextAsync(dashboard.Time);
        Assert.Null(before.Content);

        dashboard.Expose("s", "control", "another");
        var after = await page.NextAsync(dashboard.Time, update => update.Structure != before.Structure);
        Assert.Contains(">another</a>", after.Content, StringComparison.Ordinal);
        Assert.Null((await page.NextAsync(dashboard.Time)).Content);

        using var old = await OpenPage.OpenAsync(dashboard, "/experiments/updates?structure=" + before.Structure);
        Assert.NotNull((await old.NextAsync(dashboard.Time)).Content);
        using var current = await OpenPage.OpenAsync(dashboard, "/experiments/updates?structure=" + after.Structure);
        Assert.Null((await current.NextAsync(dashboard.Time)).Content);
    }

    [Fact]
    public async Task The_stop_of_the_host_does_not_wait_for_open_pages()
    {
        // The server would wait for an hour; the limit of the test is that of the machine.
        await using var dashboard = await Dashboard.StartAsync(new Dashboard.Setup { IsServed = true, Services = static services => services.Configure<HostOptions>(static options => options.ShutdownTimeout = TimeSpan.FromHours(1)) });
        dashboard.ExposeMany(10);
        using var page = await OpenPage.OpenAsync(dashboard, "/experiments/updates");
        using var silent = await OpenPage.OpenAsync(dashboard, "/experiments/updates?name=checkout-pricing&range=hours");
        await page.NextAsync(dashboard.Time);

        await dashboard.StopAsync().WaitAsync(TimeSpan.FromMinutes(2), TestContext.Current.CancellationToken);

        await page.EndAsync(dashboard.Time);
    }

    [Fact]
    public async Task A_connection_ends_after_some_minutes_so_that_the_page_asks_again_whether_it_may_be_seen()
    {
        await using var dashboard = await Dashboard.StartAsync(options: static options => options.UpdateInterval = TimeSpan.FromMinutes(1));
        using var page = await OpenPage.OpenAsync(dashboard, "/experiments/updates");

        var updates = await page.EndAsync(dashboard.Time, TimeSpan.FromMinutes(1));

        Assert.InRange(updates, 4, 6);
    }

    [Fact]
    public async Task A_page_that_was_just_loaded_waits_for_what_is_rendered_next()
    {
        await using var dashboard = await Dashboard.StartAsync();
        dashboard.Declare();
        using var other = await OpenPage.OpenAsync(dashboard, "/experiments/updates");
        await other.NextAsync(dashboard.Time);
        dashboard.Expose("s", "control", "another");

        // What was rendered last is older than the page.
        using var page = await OpenPage.OpenAsync(dashboard, "/experiments/updates");
        var first = await page.NextAsync(dashboard.Time);

        Assert.Contains($"data-structure=\"{first.Structure}\"", await dashboard.GetAsync("/experiments"), StringComparison.Ordinal);
        Assert.Contains("2 of 2 experiments", first.Parts["counts"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_view_that_cannot_be_rendered_or_not_in_time_holds_up_no_other_one_and_is_logged_once()
    {
        var logs = FakeLogCollector.Create(new FakeLogCollectorOptions());
        FaultyModel? faulty = null;
        await using var dashboard = await Dashboard.StartAsync(
            services: services => services.AddLogging(logging => logging.AddProvider(new FakeLoggerProvider(logs))),
            model: model => faulty = new FaultyModel(model));
        dashboard.Declare();
        dashboard.Declare("failing");
        dashboard.Declare("hanging");
        using var failing = await OpenPage.OpenAsync(dashboard, "/experiments/updates?name=failing&range=hours");
        using var hanging = await OpenPage.OpenAsync(dashboard, "/experiments/updates?name=hanging&range=hours");
        using var page = await OpenPage.OpenAsync(dashboard, "/experiments/updates?name=checkout-pricing&range=hours");
        for (var update = 0; update < 3; update++)
        {
            await page.NextAsync(dashboard.Time);
        }

        var log = Assert.Single(logs.GetSnapshot(), static log => log.Category!.StartsWith("ExperimentFramework", StringComparison.Ordinal));
        Assert.Equal(("DashboardUpdateFailed", DataPlaneLogCategories.Monitoring), (log.Id.Name, log.Category));

        // The same connections go on once the model answers.
        faulty!.Mend();
        Assert.NotEmpty((await failing.NextAsync(dashboard.Time)).Parts);
        Assert.NotEmpty((await hanging.NextAsync(dashboard.Time)).Parts);
    }

    [Fact]
    public async Task An_experiment_that_is_not_there_is_said_to_be_missing_until_it_is_there()
    {
        await using var dashboard = await Dashboard.StartAsync();
        using var page = await OpenPage.OpenAsync(dashboard, "/experiments/updates?name=late&range=hours");
        Assert.True((await page.NextAsync(dashboard.Time)).IsMissing);

        dashboard.Declare("late");

        var found = await page.NextAsync(dashboard.Time, static update => !update.IsMissing);
        Assert.Contains("id=\"summary\"", found.Content, StringComparison.Ordinal);
    }

    private sealed class CountingModel(IExperimentReadModel inner) : IExperimentReadModel
    {
        private int _overviews;

        public int Overviews => _overviews;

        public ReadModelSource Source => inner.Source;

        public ValueTask<ExperimentOverview> GetExperimentsAsync(CancellationToken cancellationToken = default)
        {
            Interlocked.Increment(ref _overviews);
            return inner.GetExperimentsAsync(cancellationToken);
        }

        public ValueTask<ExperimentDetail?> GetExperimentAsync(string experimentName, CancellationToken cancellationToken = default) => inner.GetExperimentAsync(experimentName, cancellationToken);
    }

    /// <summary>Fails for one experiment, and does not answer for another, until it is mended.</summary>
    private sealed class FaultyModel(IExperimentReadModel inner) : IExperimentReadModel
    {
        private readonly TaskCompletionSource _mended = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public ReadModelSource Source => inner.Source;

        public void Mend() => _mended.SetResult();

        public ValueTask<ExperimentOverview> GetExperimentsAsync(CancellationToken cancellationToken = default) => inner.GetExperimentsAsync(cancellationToken);

        public async ValueTask<ExperimentDetail?> GetExperimentAsync(string experimentName, CancellationToken cancellationToken = default)
        {
            if (experimentName == "failing" && !_mended.Task.IsCompleted)
            {
                throw new InvalidOperationException("It fails.");
            }

            if (experimentName == "hanging")
            {
                await _mended.Task;
            }

            return await inner.GetExperimentAsync(experimentName, cancellationToken);
        }
    }
}
