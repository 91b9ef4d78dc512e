using System.Text.Json;
using System.Text.Json.Serialization;

namespace ExperimentFramework.DataPlane.Science;

/// <summary>
/// Writes the read model as JSON: camelCase names, enumerations by name, times in UTC with seven fractional digits, durations in seconds, fields without a value omitted, and all numbers finite. The schemas are in <c>docs/schemas/read-model</c>.
/// </summary>
public static class ReadModelJson
{
    /// <summary>Writes all experiments.</summary>
    /// <param name="overview">The experiments.</param>
    /// <returns>The JSON in UTF-8. Characters that are special in HTML are escaped.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="overview"/> is null.</exception>
    public static byte[] Serialize(ExperimentOverview overview)
    {
        ArgumentNullException.ThrowIfNull(overview);
        return JsonSerializer.SerializeToUtf8Bytes(overview, ReadModelJsonContext.Default.ExperimentOverview);
    }

    /// <summary>Writes one experiment.</summary>
    /// <param name="detail">The experiment.</param>
    /// <returns>The JSON in UTF-8. Characters that are special in HTML are escaped, except within events and signals.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="detail"/> is null.</exception>
    public static byte[] Serialize(ExperimentDetail detail)
    {
        ArgumentNullException.ThrowIfNull(detail);
        return JsonSerializer.SerializeToUtf8Bytes(detail, ReadModelJsonContext.Default.ExperimentDetail);
    }
}

/// <summary>The types of the read model, for the source generator of System.Text.Json.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UseStringEnumConverter = true,
    GenerationMode = JsonSourceGenerationMode.Metadata,
    Converters = [typeof(FiniteNumberConverter), typeof(UtcTimeConverter), typeof(SecondsConverter)])]
[JsonSerializable(typeof(ExperimentOverview))]
[JsonSerializable(typeof(ExperimentDetail))]
internal sealed partial class ReadModelJsonContext : JsonSerializerContext;
