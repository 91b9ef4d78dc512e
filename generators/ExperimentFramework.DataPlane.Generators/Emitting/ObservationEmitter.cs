using ExperimentFramework.DataPlane.Generators.Model;

namespace ExperimentFramework.DataPlane.Generators.Emitting;

/// <summary>
/// Prints members whose calls the proxy observes to their end. If control may answer, the runtime gets the call as a delegate, so that it can make it
/// again; a call that cannot be a delegate has a loop around it.
/// </summary>
internal static class ObservationEmitter
{
    public static void Emit(MethodModel method, ObservationModel observation, SourceWriter writer)
    {
        if (observation.Fallback is { Method: { } again } handed)
        {
            writer.Line($"{method.Signature} =>");
            writer.Indented(
                $"{method.Entry}.{again}({handed.VariantLocal} => {VariantExpression.Through(method.Cast, handed.VariantLocal)}{method.Call}{handed.CancellationToken}){NotNull(observation)};");
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
        var served = VariantExpression.Through(method.Cast, $"{observation.CallLocal}.{RuntimeCalls.Serve}()") + method.Call;
        writer.Open("try");
        switch (observation)
        {
            case { Shape: ObservationShape.Synchronous, ReturnsValue: false }:
                writer.Line($"{served};");
                writer.Line($"{observation.CallLocal}.{RuntimeCalls.Complete}();");
                writer.Line("return;");
                break;
            case { Shape: ObservationShape.Synchronous }:
                var byRef = method.ByRef.Length > 0 ? "ref " : "";
                writer.Line($"{method.ByRef}{observation.AnswerType} {observation.AnswerLocal} = {byRef}{served};");
                writer.Line($"{observation.CallLocal}.{RuntimeCalls.Complete}();");
                writer.Line($"return {byRef}{observation.AnswerLocal};");
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
