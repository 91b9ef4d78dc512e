namespace ExperimentFramework.DataPlane.Dashboard;

/// <summary>The source of a view. Clients with equal keys share one view.</summary>
/// <param name="Key">Identifies the view.</param>
/// <param name="Render">Renders the view. It requests all data from the moment before it awaits anything.</param>
internal sealed record ViewSource(string Key, Func<Moment, Task<RenderedView>> Render);
