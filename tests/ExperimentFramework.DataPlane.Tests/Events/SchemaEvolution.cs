using System.Text.Json.Nodes;

namespace ExperimentFramework.DataPlane.Tests.Events;

/// <summary>The rules between two versions of one major: a minor version only adds what may be absent.</summary>
internal static class SchemaEvolution
{
    public static IEnumerable<string> Faults(JsonNode older, JsonNode newer)
    {
        var (before, after) = (older["properties"]!.AsObject(), newer["properties"]!.AsObject());
        foreach (var (name, schema) in before)
        {
            if (after[name] is not { } same)
            {
                yield return $"'{name}' is gone";
                continue;
            }

            foreach (var keyword in new[] { "type", "format", "pattern", "minimum", "maximum", "additionalProperties" })
            {
                if (!JsonNode.DeepEquals(schema![keyword], same[keyword]))
                {
                    yield return $"'{name}' has another {keyword}";
                }
            }

            foreach (var value in (schema!["enum"]?.AsArray() ?? []).Select(value => value!.ToString()).Except((same["enum"]?.AsArray() ?? []).Select(value => value!.ToString())))
            {
                yield return $"'{name}' has lost the value '{value}'";
            }
        }

        var (needed, needs) = (Required(older), Required(newer));
        foreach (var name in needs.Except(needed))
        {
            yield return $"'{name}' is required";
        }

        foreach (var name in needed.Except(needs))
        {
            yield return $"'{name}' is not required any more";
        }
    }

    private static string[] Required(JsonNode schema) => [.. (schema["required"]?.AsArray() ?? []).Select(name => name!.ToString())];
}
