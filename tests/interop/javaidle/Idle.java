/** Does nothing, so only the agent itself reports. Ends with its standard input. */
public class Idle {
    public static void main(String[] arguments) throws java.io.IOException {
        System.out.println("idle");
        while (System.in.read() >= 0) { }
    }
}
