using System.Globalization;
using ExperimentFramework.DataPlane.Science;

namespace ExperimentFramework.WebShopSample;

/// <summary>The page on which visitors are sent and things are broken.</summary>
internal static class SimulationEndpoints
{
    public static void MapSimulation(this IEndpointRouteBuilder app)
    {
        app.MapGet("/simulation", (SimulationSettings simulation, SwitchableBackplane destination, SimulatedVisitors visitors, bool? early) =>
            Page.Of("Simulation", Content(simulation, destination, visitors, isTooEarly: early == true)));

        // A page of another site that is open in the same browser must not break anything here.
        var actions = app.MapGroup("/simulation").AddEndpointFilter(static async (context, next) =>
            context.HttpContext.Request.Headers["Sec-Fetch-Site"].ToString() is "" or "same-origin" or "none" ? await next(context) : Results.StatusCode(StatusCodes.Status403Forbidden));
        actions.MapPost("/rate", async (HttpRequest request, SimulationSettings simulation) =>
        {
            if (int.TryParse(await ValueAsync(request), NumberStyles.None, CultureInfo.InvariantCulture, out var rate))
            {
                simulation.VisitorsPerSecond = rate;
            }

            return Back();
        });
        actions.MapPost("/checkout", async (HttpRequest request, SimulationSettings simulation) =>
        {
            simulation.IsBroken = await ValueAsync(request) == "broken";
            return Back();
        });
        actions.MapPost("/reset", (ExperimentMonitor monitor, TimeProvider time) =>
        {
            // A verdict stands until someone says that its cause is fixed.
            if (!monitor.GetExperiments().Any(static experiment => experiment.Name == ShopEndpoints.CheckoutExperiment))
            {
                return Results.Redirect("/simulation?early=true");
            }

            monitor.Reset(ShopEndpoints.CheckoutExperiment, time.GetUtcNow());
            return Back();
        });
        actions.MapPost("/destination", async (HttpRequest request, SimulationSettings simulation) =>
        {
            simulation.IsDestinationStopped = await ValueAsync(request) == "stopped";
            return Back();
        });
    }

    private static IResult Back() => Results.Redirect("/simulation");

    private static async Task<string?> ValueAsync(HttpRequest request) =>
        request.HasFormContentType ? (await request.ReadFormAsync(request.HttpContext.RequestAborted))["value"] : (string?)null;

    private static string Content(SimulationSettings simulation, SwitchableBackplane destination, SimulatedVisitors visitors, bool isTooEarly) => string.Create(
        CultureInfo.InvariantCulture,
        $"""
        <h2>Visitors</h2>
        <p>{visitors.VisitsPerSecond:0.#} visits a second in the last ten seconds, of {simulation.VisitorsPerSecond} that were asked for; {visitors.Visitors:N0} visitors so far.</p>
        <form method="post" action="/simulation/rate"><label>Visitors a second <input type="number" name="value" min="0" max="{SimulationSettings.MaxVisitorsPerSecond}" value="{simulation.VisitorsPerSecond}"></label> <button>Set</button></form>
        <h2>The one-page checkout</h2>
        {(simulation.IsBroken
            ? "<p><strong>Fails for some of its visitors before it is shown.</strong> After some thousand of them <a href=\"/experiments\">the experiment</a> shows a sample ratio mismatch.</p>" + Page.Button("/simulation/checkout", "Fix it", "works")
            : "<p>Works.</p>" + Page.Button("/simulation/checkout", "Break it", "broken"))}
        <p>A sample ratio mismatch stays after the cause is fixed. Then reset the experiment, which counts its subjects again from zero{(simulation.IsBroken ? "; while the checkout still fails, the alarm comes back" : "")}:</p>
        {Page.Button("/simulation/reset", "Reset the experiment")}{(isTooEarly ? "<p><strong>There is nothing to reset yet: no visitor has seen the checkout.</strong></p>" : "")}
        <h2>A destination</h2>
        <p>It has received {destination.Received:N0} events.</p>
        {(simulation.IsDestinationStopped
            ? "<p><strong>Stopped.</strong> Its events wait in the outbox, and are lost once that is full. The <a href=\"/experiments#delivery\">experiments</a> and <a href=\"/health\">health</a> say so.</p>" + Page.Button("/simulation/destination", "Start it", "running")
            : "<p>Running.</p>" + Page.Button("/simulation/destination", "Stop it", "stopped"))}
        """);
}
