using ExperimentFramework.DataPlane.Tool.Tests.Snapshots;
using ExperimentFramework.DataPlane.Tool.Tests.Streams;
using NJsonSchema;

namespace ExperimentFramework.DataPlane.Tool.Tests.Schemas;

/// <summary>The schemas of answers.</summary>
internal static class AnswerSchema
{
    /// <summary>Requires that an answer is what the schema of its command says, and has nothing that it does not say.</summary>
    public static async Task RequireAsync(string command, ToolRun run)
    {
        var schema = await JsonSchema.FromFileAsync(Path.Combine(Snapshot.ProjectDirectory, "..", "..", "docs", "schemas", "tool", command + ".schema.json"));
        Close(schema);
        Assert.True(run.Output.StartsWith('{'), run.Error);
        var errors = schema.Validate(run.Output);
        Assert.True(errors.Count == 0, string.Join('\n', errors));
    }

    /// <summary>Allows only fields that are described.</summary>
    private static void Close(JsonSchema schema)
    {
        if (schema.Properties.Count > 0)
        {
            schema.AllowAdditionalProperties = false;
        }

        foreach (var inner in schema.Properties.Values.Cast<JsonSchema>().Concat(schema.OneOf).Concat(schema.Item is { } item ? [item] : []))
        {
            Close(inner);
        }
    }
}
