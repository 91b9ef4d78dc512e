using System.Text.Json;

namespace ExperimentFramework.DataPlane.Tool;

/// <summary>A calculation that can be asked for by its kind.</summary>
/// <param name="Kind">Its name.</param>
/// <param name="Inputs">The names of its inputs, as a text for people.</param>
/// <param name="Outputs">The names of its outputs, as a text for people.</param>
/// <param name="Run">Reads the inputs and writes the members of the outputs.</param>
internal sealed record Calculation(string Kind, string Inputs, string Outputs, Action<CalculationInputs, Utf8JsonWriter> Run);
