#include "gateway/app/commands.h"

int main(int argc, char** argv) { return gateway::app::run_command_line(argc, argv); }
