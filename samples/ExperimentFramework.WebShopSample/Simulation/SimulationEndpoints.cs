using System.Globalization;
using ExperimentFramework.DataPlane.Science;

namespace ExperimentFramework.WebShopSample;

/// <summary>The page on which visitors are sent and things are broken.</summary>
internal static class SimulationEndpoints
{
    public static void MapSimulation(this IEndpointRouteBuilder app)
    {
        app.MapGet("/simulation", (SimulationSettings simulation, SwitchableBackplane destination, SimulatedVisitors visitors) =>
            Page.Of("Simulation", Content(simulation, destination, visitors)));
        app.MapPost("/simulation/rate", async (HttpRequest request, SimulationSettings simulation) =>
        {
            if (int.TryParse(await ValueAsync(request), NumberStyles.None, CultureInfo.InvariantCulture, out var rate))
            {
                simulation.VisitorsPerSecond = rate;
            }

            return Back();
        });
        app.MapPost("/simulation/checkout", async (HttpRequest request, SimulationSettings simulation) =>
        {
            simulation.IsBroken = await ValueAsync(request) == "broken";
            return Back();
        });
        app.MapPost("/simulation/reset", (ExperimentMonitor monitor, TimeProvider time) =>
        {
            // A verdict stands until someone says that its cause is mended.
            if (monitor.GetExperiments().Any(static experiment => experiment.Name == ShopEndpoints.CheckoutExperiment))
            {
                monitor.Reset(ShopEndpoints.CheckoutExperiment, time.GetUtcNow());
            }

            return Back();
        });
        app.MapPost("/simulation/destination", async (HttpRequest request, SimulationSettings simulation) =>
        {
            simulation.IsDestinationStopped = await ValueAsync(request) == "stopped";
            return Back();
        });
    }

    private static IResult Back() => Results.Redirect("/simulation");

    private static async Task<string?> ValueAsync(HttpRequest request) =>
        request.HasFormContentType ? (await request.ReadFormAsync(request.HttpContext.RequestAborted))["value"] : (string?)null;

    private static string Content(SimulationSettings simulation, SwitchableBackplane destination, SimulatedVisitors visitors) =>
        $"""
        <h2>Visitors</h2>
        <p>{simulation.VisitorsPerSecond} a second; {visitors.Visitors:N0} so far.</p>
        <form method="post" action="/simulation/rate"><label>Visitors a second <input type="number" name="value" min="0" max="{SimulationSettings.MaxVisitorsPerSecond}" value="{simulation.VisitorsPerSecond}"></label> <button>Set</button></form>
        <h2>The one-page checkout</h2>
        {(simulation.IsBroken
            ? "<p><strong>Fails for some of its visitors before it is shown.</strong> After some thousand of them <a href=\"/experiments\">the experiment</a> shows a sample ratio mismatch.</p>" + Page.Button("/simulation/checkout", "Mend it", "works")
            : "<p>Works.</p>" + Page.Button("/simulation/checkout", "Break it", "broken"))}
        <p>A sample ratio mismatch stays after the cause is mended. Then the subjects have to be counted anew:</p>
        {Page.Button("/simulation/reset", "Count anew")}
        <h2>A destination</h2>
        <p>It has received {destination.Received:N0} events.</p>
        {(simulation.IsDestinationStopped
            ? "<p><strong>Stopped.</strong> Its events wait in the outbox, and are lost once that is full. The <a href=\"/experiments#delivery\">experiments</a> and <a href=\"/health\">health</a> say so.</p>" + Page.Button("/simulation/destination", "Start it", "running")
            : "<p>Running.</p>" + Page.Button("/simulation/destination", "Stop it", "stopped"))}
        """;
}
