namespace ExperimentFramework.DataPlane.Dashboard;

/// <summary>What a client looks at. Clients with equal keys share one view.</summary>
/// <param name="Key">Names the view.</param>
/// <param name="Render">Renders it. It asks the moment for what it needs before it waits for anything.</param>
internal sealed record ViewSource(string Key, Func<Moment, Task<RenderedView>> Render);
