using ExperimentFramework.DataPlane.Generators.Model;

namespace ExperimentFramework.DataPlane.Generators.Emitting;

/// <summary>
/// Writes members whose calls the proxy observes until they complete. If the call can fall back to control, the runtime gets it as a delegate that it can
/// invoke again. A call that cannot be a delegate is wrapped in a loop.
/// </summary>
internal static class ObservationEmitter
{
    public static void Emit(MethodModel method, ObservationModel observation, SourceWriter writer)
    {
        if (observation.Fallback is { Method: { } runtimeMethod } repeatable)
        {
            writer.Line($"{method.Signature} =>");
            writer.Indented(
                $"{method.Entry}.{runtimeMethod}({repeatable.VariantLocal} => {VariantExpression.Through(method.Call.Cast, repeatable.VariantLocal)}{method.Call.Text}{repeatable.CancellationToken}){NotNull(observation)};");
            return;
        }

        writer.Open(method.Signature);
        writer.Line($"var {observation.CallLocal} = {method.Entry};");
        if (observation.Fallback is { } fallback)
        {
            writer.Open("while (true)");
            EmitTry(method, observation, writer);
            writer.Line(Catch(observation, fallback.CancellationToken));
            writer.Line("{");
            writer.Line("}");
            writer.Close();
        }
        else
        {
            EmitTry(method, observation, writer);
            writer.Open(Catch(observation, ""));
            writer.Line("throw;");
            writer.Close();
        }

        writer.Close();
    }

    private static void EmitTry(MethodModel method, ObservationModel observation, SourceWriter writer)
    {
        var served = VariantExpression.Through(method.Call.Cast, $"{observation.CallLocal}.{RuntimeCalls.Serve}()") + method.Call.Text;
        writer.Open("try");
        switch (observation)
        {
            case { Shape: ObservationShape.Synchronous, ReturnsValue: false }:
                writer.Line($"{served};");
                writer.Line($"{observation.CallLocal}.{RuntimeCalls.Complete}();");
                writer.Line("return;");
                break;
            case { Shape: ObservationShape.Synchronous }:
                var byRef = method.Call.ByRef.Length > 0 ? "ref " : "";
                writer.Line($"{method.Call.ByRef}{observation.ResultType} {observation.ResultLocal} = {byRef}{served};");
                writer.Line($"{observation.CallLocal}.{RuntimeCalls.Complete}();");
                writer.Line($"return {byRef}{observation.ResultLocal};");
                break;
            default:
                writer.Line($"return {observation.CallLocal}.{RuntimeCalls.Observe}({served});");
                break;
        }

        writer.Close();
    }

    private static string Catch(ObservationModel observation, string cancellationToken) =>
        $"catch (global::System.Exception {observation.ErrorLocal}) when ({observation.CallLocal}.{RuntimeCalls.TryFallBack}({observation.ErrorLocal}{cancellationToken}))";

    /// <summary>A task or stream is null if the variant returned null.</summary>
    private static string NotNull(ObservationModel observation) => observation.MayBeNull && observation.Shape != ObservationShape.Synchronous ? "!" : "";
}
