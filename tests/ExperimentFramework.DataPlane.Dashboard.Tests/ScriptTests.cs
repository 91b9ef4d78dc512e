using System.Net;
using System.Text.RegularExpressions;
using ExperimentFramework.DataPlane.Science;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace ExperimentFramework.DataPlane.Dashboard.Tests;

/// <summary>What the script of an open page does, in a real browser, with the time of the server in the hands of the test.</summary>
public sealed class ScriptTests(BrowserFixture fixture)
{
    private const string Detail = "/experiments/detail?name=checkout-pricing&range=minutes";

    private readonly Gate _gate = new();

    [Fact]
    public async Task Another_experiment_neither_takes_the_focus_from_the_filter_nor_what_was_typed_into_it()
    {
        await using var dashboard = await ServeAsync();
        await using var tab = await fixture.OpenAsync(dashboard, "/experiments");
        await LiveAsync(dashboard, tab);
        var filter = tab.Page.GetByLabel("Name contains");
        await filter.FillAsync("check");

        dashboard.Expose("s", "control", "another");

        await UpdatedAsync(dashboard, () => tab.Page.GetByRole(AriaRole.Link, new() { Name = "another" }).IsVisibleAsync());
        await Expect(filter).ToHaveValueAsync("check");
        await Expect(filter).ToBeFocusedAsync();

        // The page goes on with the new rows.
        dashboard.Expose("t", "control", "another");
        await UpdatedAsync(dashboard, async () => await Row(tab, "another").GetByRole(AriaRole.Cell).Nth(2).InnerTextAsync() == "2");
        await tab.AssertSoundAsync();
    }

    [Fact]
    public async Task The_focus_stays_on_an_experiment_whose_row_moves()
    {
        await using var dashboard = await ServeAsync();
        await using var tab = await fixture.OpenAsync(dashboard, "/experiments");
        await LiveAsync(dashboard, tab);
        await tab.Page.GetByRole(AriaRole.Link, new() { Name = "checkout-pricing", Exact = true }).FocusAsync();

        dashboard.Expose("s", "control", "a-first");

        await UpdatedAsync(dashboard, () => tab.Page.GetByRole(AriaRole.Link, new() { Name = "a-first" }).IsVisibleAsync());
        await Expect(tab.Page.GetByRole(AriaRole.Link, new() { Name = "checkout-pricing", Exact = true })).ToBeFocusedAsync();
    }

    [Fact]
    public async Task A_cell_in_which_text_is_selected_waits_and_is_never_written_into_another_row()
    {
        await using var dashboard = await ServeAsync();
        await using var tab = await fixture.OpenAsync(dashboard, "/experiments");
        await LiveAsync(dashboard, tab);
        await Row(tab, "checkout-pricing").GetByRole(AriaRole.Cell).Nth(2).EvaluateAsync("cell => getSelection().selectAllChildren(cell)");
        dashboard.Expose("selected", "control");
        await AdvancedAsync(dashboard, tab);
        Assert.Equal("10", await Row(tab, "checkout-pricing").GetByRole(AriaRole.Cell).Nth(2).InnerTextAsync());

        // What waited for row 0 must not end up in the row that is there now.
        dashboard.Expose("s", "control", "a-first");
        await UpdatedAsync(dashboard, () => tab.Page.GetByRole(AriaRole.Link, new() { Name = "a-first" }).IsVisibleAsync());
        await AdvancedAsync(dashboard, tab);

        Assert.Equal("1", await Row(tab, "a-first").GetByRole(AriaRole.Cell).Nth(2).InnerTextAsync());
        Assert.Equal("11", await Row(tab, "checkout-pricing").GetByRole(AriaRole.Cell).Nth(2).InnerTextAsync());
    }

    [Fact]
    public async Task An_alarm_is_read_aloud_although_the_list_is_ordered_anew()
    {
        await using var dashboard = await ServeAsync();
        dashboard.Declare("search-ranking");
        await using var tab = await fixture.OpenAsync(dashboard, "/experiments");
        await LiveAsync(dashboard, tab);
        await tab.Page.EvaluateAsync("document.getElementById('announce').dataset.same = 'yes'");

        dashboard.ExposeMany(4_000, loseEveryOfB: 3, experiment: "search-ranking");

        // A status is read aloud if its text changes, not if another status takes its place.
        await UpdatedAsync(dashboard, async () => (await tab.Page.Locator("#announce").InnerTextAsync()).Contains("search-ranking", StringComparison.Ordinal));
        await Expect(tab.Page.Locator("#announce")).ToHaveAttributeAsync("data-same", "yes");
        await Expect(tab.Page.Locator("#announce")).ToHaveAttributeAsync("role", "status");
    }

    [Fact]
    public async Task An_experiment_that_is_gone_is_said_once_and_shown_again_once_it_is_back()
    {
        GoneModel? gone = null;
        await using var dashboard = await ServeAsync(model => gone = new GoneModel(model));
        await using var tab = await fixture.OpenAsync(dashboard, Detail);
        await LiveAsync(dashboard, tab);

        gone!.IsGone = true;

        await UpdatedAsync(dashboard, async () => (await StatusAsync(tab)).StartsWith("The server has not received any event of this experiment since it started. Numbers are as of 2026-03-01", StringComparison.Ordinal));
        await Expect(tab.Page.GetByRole(AriaRole.Status).Filter(new() { HasText = "has not received any event" })).ToHaveCountAsync(1);
        await tab.Page.EvaluateAsync("new MutationObserver(() => document.body.dataset.again = 'yes').observe(document.querySelector('#connection [role=status]'), { childList: true, characterData: true, subtree: true })");
        for (var second = 0; second < 5; second++)
        {
            dashboard.Time.Advance(TimeSpan.FromSeconds(1));
            await tab.Page.EvaluateAsync("new Promise(resolve => setTimeout(resolve, 10))");
        }

        Assert.Null(await tab.Page.GetAttributeAsync("body", "data-again"));

        gone.IsGone = false;
        await LiveAsync(dashboard, tab);
        await Expect(tab.Page.GetByRole(AriaRole.Heading, new() { Name = "Subjects", Exact = true })).ToBeVisibleAsync();
    }

    [Fact]
    public async Task The_page_of_an_experiment_that_is_not_there_yet_shows_it_with_its_first_exposure()
    {
        await using var dashboard = await ServeAsync();
        await using var tab = await fixture.OpenAsync(dashboard, "/experiments/detail?name=late");
        await Expect(tab.Page.GetByRole(AriaRole.Heading, new() { Name = "Experiment not found" })).ToBeVisibleAsync();
        await UpdatedAsync(dashboard, async () => (await StatusAsync(tab)).StartsWith("The server has not received any event", StringComparison.Ordinal));

        dashboard.Expose("s", "control", "late");

        await UpdatedAsync(dashboard, () => tab.Page.GetByRole(AriaRole.Heading, new() { Name = "late", Exact = true }).IsVisibleAsync());
        await LiveAsync(dashboard, tab);
    }

    [Fact]
    public async Task What_changes_each_second_is_not_read_aloud_and_moves_neither_the_focus_nor_a_selection()
    {
        ProcessModel? process = null;
        await using var dashboard = await ServeAsync(model => process = new ProcessModel(model));
        process!.Destinations = [ProcessModel.Destination("Kafka", DestinationState.LosingEvents)];
        await using var tab = await fixture.OpenAsync(dashboard, Detail);
        await LiveAsync(dashboard, tab);
        var link = tab.Page.GetByRole(AriaRole.Link, new() { Name = "Subjects by variant as CSV" });
        await link.FocusAsync();
        await tab.Page.EvaluateAsync("""
            document.activeElement.addEventListener('blur', () => document.body.dataset.blurred = 'yes');
            new MutationObserver(() => document.body.dataset.spoken = 'yes').observe(document.getElementById('announce'), { childList: true, characterData: true, subtree: true });
            getSelection().selectAllChildren(document.querySelector('#t-variants caption'));
            """);

        for (var count = 1; count <= 3; count++)
        {
            process.Destinations = [ProcessModel.Destination("Kafka", DestinationState.LosingEvents) with { InOutbox = 2_000 + count, Dropped = 100 + count }];
            dashboard.Expose("more" + count, "control");
            await AdvancedAsync(dashboard, tab);
        }

        // A part in which text is selected waits, and the page says so; the others go on.
        await Expect(tab.Page.Locator("#connection > span").First).ToContainTextAsync("Parts with selected text are not updated.");
        await UpdatedAsync(dashboard, async () => (await tab.Page.Locator("#t-destinations").InnerTextAsync()).Contains("2,003", StringComparison.Ordinal));
        await tab.Page.EvaluateAsync("getSelection().removeAllRanges()");
        await UpdatedAsync(dashboard, async () => (await tab.Page.Locator("#t-variants tbody tr").First.InnerTextAsync()).Contains('8'));
        await Expect(link).ToBeFocusedAsync();
        Assert.Equal((null, null), (await tab.Page.GetAttributeAsync("body", "data-blurred"), await tab.Page.GetAttributeAsync("body", "data-spoken")));
        await tab.AssertSoundAsync();
    }

    [Fact]
    public async Task A_new_structure_comes_through_the_stream_and_leaves_the_rows_that_were_there_in_place()
    {
        await using var dashboard = await ServeAsync();
        await using var tab = await fixture.OpenAsync(dashboard, "/experiments");
        await LiveAsync(dashboard, tab);
        await Row(tab, "checkout-pricing").EvaluateAsync("row => row.same = true");
        var requests = _gate.Requests;

        dashboard.Expose("s", "control", "a-first");
        dashboard.Expose("s", "control", "z-last");
        await UpdatedAsync(dashboard, () => tab.Page.GetByRole(AriaRole.Link, new() { Name = "z-last" }).IsVisibleAsync());

        Assert.Equal(requests, _gate.Requests);
        Assert.True(await Row(tab, "checkout-pricing").EvaluateAsync<bool>("row => row.same === true"));
        Assert.Equal(["a-first", "z-last", "checkout-pricing"], await tab.Page.Locator("#t-experiments tbody th").AllInnerTextsAsync());
        Assert.Equal(["cell-0-1", "cell-1-1", "cell-2-1"], await tab.Page.Locator("#t-experiments tbody tr").EvaluateAllAsync<string[]>("rows => rows.map(row => row.children[1].id)"));

        // A row that moves up is the same one, too.
        dashboard.Declare("z-last");
        dashboard.ExposeMany(4_000, loseEveryOfB: 3, experiment: "z-last");
        await UpdatedAsync(dashboard, async () => (await tab.Page.Locator("#t-experiments tbody th").AllInnerTextsAsync())[0] == "z-last");
        Assert.True(await Row(tab, "checkout-pricing").EvaluateAsync<bool>("row => row.same === true"));
        Assert.Equal(requests, _gate.Requests);
        await tab.AssertSoundAsync();
    }

    [Fact]
    public async Task Focus_on_what_is_gone_goes_to_the_heading_of_its_section()
    {
        ProcessModel? process = null;
        await using var dashboard = await ServeAsync(model => process = new ProcessModel(model));
        process!.Destinations = [ProcessModel.Destination("Files")];
        process.Drops = [new("Files", "b", "Exposure", "queue_full", 1)];
        await using var tab = await fixture.OpenAsync(dashboard, Detail);
        await LiveAsync(dashboard, tab);
        await tab.Page.GetByRole(AriaRole.Link, new() { Name = "Events of the experiment that did not reach a destination as CSV" }).FocusAsync();

        process.Drops = [];

        await UpdatedAsync(dashboard, () => tab.Page.EvaluateAsync<bool>("document.activeElement.id === 'delivery-title'"));
    }

    [Theory]
    [InlineData(HttpStatusCode.Unauthorized)]
    [InlineData(HttpStatusCode.Forbidden)]
    [InlineData(HttpStatusCode.Found)]
    public async Task Whoever_is_signed_out_is_told_so(HttpStatusCode status)
    {
        await using var dashboard = await ServeAsync();
        await using var tab = await fixture.OpenAsync(dashboard, "/experiments");
        await LiveAsync(dashboard, tab);

        _gate.Status = status;
        _gate.IsClosed = true;
        await tab.Page.EvaluateAsync("dispatchEvent(new Event('online'))");

        await Expect(tab.Page.Locator("#connection [role=status]")).ToHaveTextAsync(new Regex("^You are signed out or no longer have access to this page. Numbers are as of 2026-03-01 .* Reload it to sign in.$"));
    }

    [Fact]
    public async Task A_page_that_is_not_updated_because_too_many_are_open_says_so()
    {
        await using var dashboard = await Dashboard.StartAsync(new Dashboard.Setup { IsServed = true, Options = static options => options.MaxClients = 0 });
        dashboard.ExposeMany(10);
        await using var tab = await fixture.OpenAsync(dashboard, "/experiments");

        await Expect(tab.Page.Locator("#connection [role=status]")).ToHaveTextAsync("Too many pages are open, so this one is not updated. Numbers are as of 2026-03-01 12:00:00 UTC. Retrying.");
    }

    [Fact]
    public async Task A_server_that_fails_is_said_and_asked_again_less_and_less_until_it_answers()
    {
        await using var dashboard = await ServeAsync();
        await using var tab = await fixture.OpenAsync(dashboard, "/experiments");
        await tab.Page.Clock.InstallAsync();
        await tab.Page.ReloadAsync();
        await LiveAsync(dashboard, tab);

        _gate.IsClosed = true;
        dashboard.Expose("s", "control", "another");
        await tab.Page.EvaluateAsync("dispatchEvent(new Event('online'))");
        await UpdatedAsync(dashboard, async () => (await StatusAsync(tab)).StartsWith("Disconnected. Numbers are as of 2026-03-01", StringComparison.Ordinal));
        Assert.True(await tab.Page.Locator("#connection").EvaluateAsync<bool>("status => status.classList.contains('lost')"));
        await Expect(tab.Page.Locator("#connection [role=status]")).ToContainTextAsync("Disconnected.");

        // The answer to the question why has come before it was said.
        var requests = _gate.Requests;
        await tab.Page.Clock.FastForwardAsync(3_000);
        Assert.Equal(requests, _gate.Requests);

        _gate.IsClosed = false;
        await UpdatedAsync(dashboard, async () =>
        {
            await tab.Page.Clock.FastForwardAsync(1_000);
            return await tab.Page.GetByRole(AriaRole.Link, new() { Name = "another" }).IsVisibleAsync() && (await StatusAsync(tab)).StartsWith("Live", StringComparison.Ordinal);
        });
        await Expect(tab.Page.Locator("#connection [role=status]")).ToHaveTextAsync("Reconnected.");
    }

    [Fact]
    public async Task A_connection_that_says_nothing_any_more_is_called_lost()
    {
        await using var dashboard = await ServeAsync();
        await using var tab = await fixture.OpenAsync(dashboard, "/experiments");
        await tab.Page.Clock.InstallAsync();
        await tab.Page.ReloadAsync();
        await LiveAsync(dashboard, tab);

        // The time of the server stands still, so nothing comes.
        for (var second = 0; second < 20; second++)
        {
            await tab.Page.Clock.RunForAsync(1_000);
        }

        Assert.StartsWith("Disconnected.", await StatusAsync(tab), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Updates_are_paused_and_resumed_by_the_keyboard()
    {
        await using var dashboard = await ServeAsync();
        await using var tab = await fixture.OpenAsync(dashboard, "/experiments");
        await LiveAsync(dashboard, tab);
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Pause updates" }).FocusAsync();
        await tab.Page.Keyboard.PressAsync("Enter");
        Assert.StartsWith("Paused, as of 2026-03-01 12:00", await StatusAsync(tab), StringComparison.Ordinal);

        dashboard.Expose("new", "control");
        for (var second = 0; second < 5; second++)
        {
            dashboard.Time.Advance(TimeSpan.FromSeconds(1));
            await tab.Page.EvaluateAsync("new Promise(resolve => setTimeout(resolve, 10))");
        }

        Assert.Equal("10", await Row(tab, "checkout-pricing").GetByRole(AriaRole.Cell).Nth(2).InnerTextAsync());
        await tab.Page.Keyboard.PressAsync("Space");
        await UpdatedAsync(dashboard, async () => await Row(tab, "checkout-pricing").GetByRole(AriaRole.Cell).Nth(2).InnerTextAsync() == "11");
    }

    private static ILocator Row(Tab tab, string experiment) =>
        tab.Page.Locator("#t-experiments").GetByRole(AriaRole.Row).Filter(new() { Has = tab.Page.GetByRole(AriaRole.Link, new() { Name = experiment, Exact = true }) });

    private static Task<string> StatusAsync(Tab tab) => tab.Page.Locator("#connection > span").First.InnerTextAsync();

    private static Task LiveAsync(Dashboard dashboard, Tab tab) => UpdatedAsync(dashboard, async () => (await StatusAsync(tab)).StartsWith("Live", StringComparison.Ordinal));

    /// <summary>Lets time pass on the server until the page has another time.</summary>
    private static async Task AdvancedAsync(Dashboard dashboard, Tab tab)
    {
        for (var update = 0; update < 2; update++)
        {
            var before = await StatusAsync(tab);
            await UpdatedAsync(dashboard, async () => await StatusAsync(tab) != before && (await StatusAsync(tab)).StartsWith("Live", StringComparison.Ordinal));
        }
    }

    private static Task UpdatedAsync(Dashboard dashboard, Func<Task<bool>> isThere) => Eventually.Holds(async () =>
    {
        if (await isThere())
        {
            return true;
        }

        dashboard.Time.Advance(TimeSpan.FromSeconds(1));
        return false;
    });

    private async Task<Dashboard> ServeAsync(Func<IExperimentReadModel, IExperimentReadModel>? model = null)
    {
        var dashboard = await Dashboard.StartAsync(new Dashboard.Setup { IsServed = true, Model = model, Services = services => services.AddSingleton<IStartupFilter>(_gate) });
        dashboard.Declare();
        dashboard.ExposeMany(10);
        return dashboard;
    }
}
